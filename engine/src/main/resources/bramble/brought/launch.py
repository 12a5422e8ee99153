# Runs a module of the playbook with the module_utils that came with it: launch.py MODULE ARGUMENTS UTILITIES [PACKAGE]
import importlib
import importlib.abc
import importlib.machinery
import importlib.util
import json
import runpy
import sys

with open(sys.argv[3]) as file:
    sources = json.load(file)
modules = {name for name in sources if not name.endswith('.__init__')}
packages = {name[:-len('.__init__')] for name in sources if name.endswith('.__init__')}
for name in list(modules | packages):
    while '.' in name:
        name = name.rpartition('.')[0]
        packages.add(name)
# Of these the node's own come first: what ansible-core has installed there.
foreign = {name for name in packages if name == 'ansible' or name.startswith('ansible.')}


class Brought(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    def find_spec(self, name, path=None, target=None):
        installed = importlib.machinery.PathFinder.find_spec(name, path) if name in foreign else None
        if installed:
            return installed
        if name in modules or name in packages:
            return importlib.util.spec_from_loader(name, self, is_package=name in packages)
        return None

    def create_module(self, spec):
        return None

    def exec_module(self, module):
        name = module.__name__
        source = sources.get(name, sources.get(name + '.__init__', ''))
        module.__file__ = name.replace('.', '/') + ('/__init__.py' if name in packages else '.py')
        exec(compile(source, name, 'exec'), module.__dict__)


sys.meta_path.insert(0, Brought())
package = sys.argv[4] if len(sys.argv) > 4 else ''
sys.argv = sys.argv[1:3]
if package:  # a collection's: relative imports begin there
    packages.update(package.rsplit('.', n)[0] for n in range(package.count('.') + 1))
    importlib.import_module(package)
    with open(sys.argv[0], encoding='utf-8') as file:
        code = compile(file.read(), sys.argv[0], 'exec')
    main = sys.modules['__main__'].__dict__
    main.update(__file__=sys.argv[0], __package__=package)
    exec(code, main)
else:
    runpy.run_path(sys.argv[0], run_name='__main__')
