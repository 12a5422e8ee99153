from ansible.inventory.group import Group
from ansible.plugins.vars import BaseVarsPlugin


class VarsModule(BaseVarsPlugin):
    def get_vars(self, loader, path, entities):
        super().get_vars(loader, path, entities)
        known = {}
        for entity in entities:
            if isinstance(entity, Group):
                known["from_" + entity.name] = [entity.name, {"a": 1}]
            else:
                known.update(from_host=entity.name, template="{{ inventory_hostname }}!")
        return known
