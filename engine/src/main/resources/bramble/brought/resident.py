"""Runs on the controller what a playbook brings in Python: filters, tests, lookups, vars, action and connection plugins.

One JSON object a line comes in, one goes out. Plugins use the user's ansible-core where it is installed; filters, tests and
lookups that need nothing of it but its errors and base classes run without it.
"""
import importlib.util
import inspect
import io
import json
import os
import sys
import traceback
import types

channel = os.fdopen(os.dup(1), "w", encoding="utf-8", errors="surrogateescape")
os.dup2(2, 1)  # what plugins' children print must not get between the answers


class Shown(io.StringIO):
    """What plugins print: it goes with the answer."""

    def isatty(self):
        return False


def stand_in():
    """The few names of ansible-core that plain filters and lookups use, where it is not installed."""

    def module(name, **content):
        made = types.ModuleType(name)
        made.__path__ = []
        made.__dict__.update(content)
        sys.modules[name] = made
        parent, _, own = name.rpartition(".")
        if parent:
            setattr(sys.modules[parent], own, made)

    class AnsibleError(Exception):
        def __init__(self, message="", *_, **__):
            super().__init__(message)
            self.message = message

    errors = {"AnsibleError": AnsibleError}
    for name in ("AnsibleFilterError", "AnsibleFilterTypeError", "AnsibleLookupError", "AnsibleParserError",
                 "AnsibleOptionsError", "AnsibleUndefinedVariable", "AnsiblePluginError", "AnsibleAssertionError"):
        errors[name] = type(name, (AnsibleError,), {})

    def named(self, name=None, *_, **__):
        self.name = name

    class LookupBase:
        def __init__(self, loader=None, templar=None, **_):
            self._loader, self._templar, self._options = loader, templar, {}

        def set_options(self, var_options=None, direct=None, **_):
            self._options = dict(direct or {})

        def get_option(self, option, **_):
            return self._options.get(option)

        def has_option(self, option):
            return option in self._options

    class Display:
        def __getattr__(self, _):
            return lambda *_, **__: None

    def to_text(value, *_, **__):
        return value.decode("utf-8", "surrogateescape") if isinstance(value, bytes) else str(value)

    def to_bytes(value, *_, **__):
        return value if isinstance(value, bytes) else str(value).encode("utf-8", "surrogateescape")

    texts = {"to_text": to_text, "to_native": to_text, "to_bytes": to_bytes}
    module("ansible")
    module("ansible.errors", **errors)
    module("ansible.plugins")
    module("ansible.plugins.lookup", LookupBase=LookupBase)
    module("ansible.plugins.vars", BaseVarsPlugin=type("BaseVarsPlugin", (), {"get_vars": lambda *_, **__: None}))
    module("ansible.inventory")
    for kind in ("Host", "Group"):
        module("ansible.inventory." + kind.lower(), **{kind: type(kind, (), {"__init__": named})})
    module("ansible.utils")
    module("ansible.utils.display", Display=Display)
    module("ansible.module_utils")
    module("ansible.module_utils._text", **texts)
    module("ansible.module_utils.common")
    module("ansible.module_utils.common.text")
    module("ansible.module_utils.common.text.converters", **texts)
    module("ansible.module_utils.six", string_types=(str,), integer_types=(int,), text_type=str, PY3=True)


class Core:
    """The user's ansible-core, set up once."""

    def __init__(self, given):
        from ansible import context
        from ansible.module_utils.common.collections import ImmutableDict

        context.CLIARGS = ImmutableDict(verbosity=given["verbosity"], check=False, diff=False)
        from ansible.plugins import loader

        if hasattr(loader, "init_plugin_loader"):
            loader.init_plugin_loader()
        from ansible.utils.collection_loader import AnsibleCollectionConfig

        self.config = AnsibleCollectionConfig
        self.collections = []
        from ansible.parsing.dataloader import DataLoader
        from ansible.utils.display import Display

        Display().verbosity = given["verbosity"]
        self.plugins = loader
        self.loader = DataLoader()
        self.connections = {}
        self.known = set()

    def look(self, collections):
        """What is asked first may know fewer places of collections than what is asked later."""
        new = [root for root in collections if root not in self.collections]
        if new:
            self.collections += new
            self.config.playbook_paths = [os.path.dirname(root) for root in self.collections
                                          if os.path.basename(root) == "collections"]

    def see(self, folders):
        for folder in folders:
            if folder not in self.known:
                self.known.add(folder)
                self.plugins.add_all_plugin_dirs(folder)

    def templar(self, variables):
        from ansible.template import Templar

        return Templar(loader=self.loader, variables=variables)


core = None


def ansible(given):
    """Sets ansible-core up with the first call that may need it; None where it is not installed."""
    global core
    sys.path[:0] = [root for root in given["collections"] if root not in sys.path]
    if core is None:
        try:
            import ansible as _  # noqa: F401
        except ImportError:
            stand_in()
            core = False
        else:
            core = Core(given)
    if core:
        core.look(given["collections"])
    return core or None


loaded = {}


def load(path):
    """The module in a file, which is read once."""
    if path not in loaded:
        marker = "/ansible_collections/"
        if marker in path:
            name = path[path.index(marker) + 1:-len(".py")].replace("/", ".")
            loaded[path] = importlib.import_module(name)
        else:
            spec = importlib.util.spec_from_file_location("brought_" + str(len(loaded)), path)
            module = importlib.util.module_from_spec(spec)
            spec.loader.exec_module(module)
            loaded[path] = module
    return loaded[path]


def functions(path, kind):
    module = load(path)
    made = getattr(module, "FilterModule" if kind == "filter" else "TestModule")()
    return made.filters() if kind == "filter" else made.tests()


def names(given):
    return sorted(functions(given["file"], given["kind"]))


def call(given):
    return functions(given["file"], given["kind"])[given["name"]](*given["positional"], **given["named"])


def variables(given):
    """What is data alone can't be evaluated; what the user wrote as a template can."""
    from ansible.utils.unsafe_proxy import wrap_var

    return dict(wrap_var(given["variables"]), **given["templates"])


def has(given):
    core = ansible(given)
    return core is not None and core.plugins.lookup_loader.get(given["name"], loader=core.loader) is not None


def lookup(given):
    core = ansible(given)
    if core is None:
        known = dict(given["variables"], **given["templates"])
        plugin = load(given["file"]).LookupModule()
    else:
        known = variables(given)
        path = given["file"]
        if path and "/ansible_collections/" not in path:
            core.plugins.lookup_loader.add_directory(os.path.dirname(path))
        plugin = core.plugins.lookup_loader.get(given["name"], loader=core.loader, templar=core.templar(known))
    found = plugin.run(given["positional"], variables=known, **given["named"])
    return {"_mapping": found} if isinstance(found, dict) else found


def entity(given):
    if given["group"]:
        from ansible.inventory.group import Group

        return Group(given["owner"])
    from ansible.inventory.host import Host

    return Host(given["owner"])


def vars_plugin(given):
    """What a vars plugin says of one host or group."""
    core = ansible(given)
    path = given["file"]
    name = os.path.basename(path)[:-len(".py")]
    plugin = None
    if core is not None:
        core.plugins.vars_loader.add_directory(os.path.dirname(path))
        plugin = core.plugins.vars_loader.get(name)
    if plugin is None:
        plugin = load(path).VarsModule()
    needs = getattr(plugin, "REQUIRES_ENABLED", False) or getattr(plugin, "REQUIRES_WHITELIST", False)
    if needs and name not in given["enabled"]:
        return {}
    try:
        plugin.set_options()
    except Exception:  # one without documentation has no options
        pass
    one = entity(given)
    if hasattr(plugin, "get_vars"):
        return plugin.get_vars(core.loader if core else None, given["path"], [one]) or {}
    old = "get_group_vars" if given["group"] else "get_host_vars"
    return getattr(plugin, old)(given["owner"]) or {}


class Nobody:
    """Whom nobody listens to."""

    def __getattr__(self, _):
        return lambda *_, **__: None


def task(given):
    core = ansible(given)
    if core is None:
        raise ImportError("it needs ansible-core, which this machine's python3 does not have")
    from ansible.executor.task_executor import TaskExecutor
    from ansible.inventory.host import Host
    from ansible.playbook.block import Block
    from ansible.playbook.play import Play
    from ansible.playbook.play_context import PlayContext
    from ansible.playbook.task import Task
    from ansible.utils.unsafe_proxy import wrap_var

    core.see(given["folders"])
    play = Play()
    play.name = given["name"]
    one = Task(block=Block(play=play))
    one.action = given["action"]
    one.resolved_action = given["action"]
    one.args = wrap_var(given["args"])
    for name, value in given["keywords"].items():
        setattr(one, name, wrap_var(value))
    context = PlayContext(play=play)
    context.check_mode = given["keywords"].get("check_mode", False)
    candidates = {
        "host": Host(given["host"]), "task": one, "job_vars": variables(given), "play_context": context,
        "new_stdin": os.devnull, "loader": core.loader, "shared_loader_obj": core.plugins, "final_q": Nobody(),
        "rslt_q": Nobody(), "variable_manager": Nobody(),
    }

    class Executor(TaskExecutor):
        def _get_connection(self, *arguments, **named):
            made = super()._get_connection(*arguments, **named)
            part = getattr(made, "_sub_plugin", None)
            if isinstance(part, dict) and not part.get("obj"):
                part["type"] = "external"  # older ones stumble over a network connection without parts
            return made

    wanted = inspect.signature(TaskExecutor.__init__).parameters
    executor = Executor(**{name: value for name, value in candidates.items() if name in wanted})
    executor._connection = core.connections.get(given["key"])
    core.loader.set_basedir(given["folder"])
    result = executor.run()
    core.connections[given["key"]] = executor._connection
    return result


WORK = {"names": names, "has": has, "call": call, "lookup": lookup, "task": task, "vars": vars_plugin}


class NotDefined(Exception):
    """Somebody used an undefined value, where there is no Jinja2 to say so."""


def undefined_type():
    """What stands for undefined values: ansible-core's own, or one like it, which is Jinja2's where there is Jinja2."""
    try:
        from ansible.template import AnsibleUndefined

        return AnsibleUndefined
    except ImportError:
        pass
    try:
        from jinja2 import Undefined as base
    except ImportError:
        base = object

    def used(self, *_, **__):
        raise self._made(self._hint)

    def attribute(self, name):
        if name.startswith("_"):
            raise AttributeError(name)
        used(self)

    def made(self, hint=None, exc=NotDefined):
        self._hint, self._made = hint, exc

    own = {"__init__": made, "__getattr__": attribute}
    for name in ("add radd sub rsub mul rmul truediv rtruediv floordiv rfloordiv mod rmod pow rpow pos neg call getitem lt le "
                 "gt ge int float complex iter str repr len eq ne bool hash contains").split():
        own["__%s__" % name] = used
    return type("Undefined", (base,), own)


undefined = []  # what counts as undefined, and what is made here, once they are needed


def is_undefined(value):
    if not undefined:
        kind = undefined_type()
        undefined.extend((kind if kind.__base__ is object else kind.__base__, kind))
    return isinstance(value, undefined[0])


def not_defined(number, what):
    """An undefined value; the error of using it says which one it was."""
    is_undefined(None)

    def error(message):
        try:
            from jinja2 import UndefinedError as kind
        except ImportError:
            kind = NotDefined
        made = kind(message)
        made.number = number
        return made

    value = undefined[1](hint=what, exc=error)
    object.__setattr__(value, "_bramble_number", number)
    return value


ODD = ("__pairs__", "__tuple__", "__undefined__")


def meant(mapping):
    """What JSON has no form for is in mappings of one odd key."""
    if len(mapping) == 1:
        (key, inner), = mapping.items()
        if key == "__pairs__":
            return {name: item for name, item in inner}
        if key == "__tuple__":
            return tuple(inner)
        if key == "__undefined__":
            return not_defined(*inner)
    return mapping


MOST = 1000000


def several(value):
    items = []
    for item in value:
        items.append(item)
        if len(items) > MOST:
            raise ValueError("it gave more than %d items" % MOST)
    return items


def plain(value):
    """What JSON can't write, as near as can be."""
    if value is None or isinstance(value, (bool, int, float, str)):
        return value
    if isinstance(value, (bytes, bytearray)):
        return value.decode("utf-8", "surrogateescape")
    if is_undefined(value):
        number = getattr(value, "_bramble_number", None)
        return {"__undefined__": [number if isinstance(number, int) else -1, str(hint(value))]}
    if hasattr(value, "items"):
        pairs = [(name, plain(item)) for name, item in value.items()]
        if all(isinstance(name, str) for name, _ in pairs) and not (len(pairs) == 1 and pairs[0][0] in ODD):
            return dict(pairs)
        return {"__pairs__": [[key(name), item] for name, item in pairs]}
    if hasattr(value, "__iter__"):
        return [plain(item) for item in several(value)]
    return str(value)


def key(name):
    return {"__tuple__": [key(part) for part in name]} if isinstance(name, (tuple, frozenset)) else plain(name)


def hint(value):
    return getattr(value, "_undefined_message", None) or getattr(value, "_hint", None) or "it is undefined"


def told(failure):
    """What a failure says; an error that is not one of Ansible's own is named."""
    if isinstance(failure, RecursionError):
        return "what it gave has no end"
    message = getattr(failure, "message", None) or str(failure)
    kind = type(failure).__name__
    if isinstance(failure, SystemExit):
        return "it wanted to end Python: SystemExit(%s)" % message
    ours = any("Ansible" in one.__name__ for one in type(failure).__mro__)
    return message if message and ours else "%s: %s" % (kind, message) if message else kind


def answer(line):
    shown = Shown()
    sys.stdout, before = shown, sys.stdout
    sys.stderr, complaints = shown, sys.stderr
    try:
        given = json.loads(line, object_hook=meant)
        ansible(given)
        said = {"value": plain(WORK[given["do"]](given))}
    except BaseException as failure:
        said = {"error": told(failure), "kind": type(failure).__name__, "trace": traceback.format_exc(),
                "undefined": getattr(failure, "number", -1)}
    finally:
        sys.stdout, sys.stderr = before, complaints
    said["shown"] = shown.getvalue()
    return json.dumps(said)


for request in sys.stdin:
    channel.write(answer(request) + "\n")
    channel.flush()
