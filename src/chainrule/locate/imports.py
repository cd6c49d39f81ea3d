"""What a traced program imports: its own folder's modules rewritten, plotting libraries stubbed."""

import importlib.abc
import importlib.machinery
import importlib.util
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from types import ModuleType
from typing import Any

from .graph import Position
from .ownership import BUILTINS
from .rewrite import rewrite

PLOTTING = ("matplotlib", "pylab", "seaborn", "plotly", "bokeh", "tkinter", "turtle", "pyqtgraph")
# how many values a call gives, where a program unpacks them
_SEVERAL = {"subplots": 2, "plot": 1, "hist": 3, "semilogy": 1, "loglog": 1}


class Stub:
    """Stands for anything of a plotting library: can be called, indexed, entered, iterated."""

    def __init__(self, name: str) -> None:
        self.__name__ = name

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return Stub(name)

    def __call__(self, *_: Any, **__: Any) -> Any:
        """Return a stub, or as many as programs unpack."""
        count = _SEVERAL.get(self.__name__)
        return Stub(self.__name__) if count is None else tuple(Stub("") for _ in range(count))

    def __getitem__(self, _: Any) -> Any:
        return Stub("")

    def __setitem__(self, _: Any, __: Any) -> None:
        pass

    def __iter__(self) -> Iterator[Any]:
        return iter(())

    def __len__(self) -> int:
        return 0

    def __enter__(self) -> Any:
        return self

    def __exit__(self, *_: Any) -> None:
        pass


class StubModule(ModuleType):
    """A plotting library that does nothing; every name can be imported from it."""

    __path__: list[str] = []  # noqa: RUF012  # a package, so that submodules can be imported

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return Stub(name)


class Finder(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Finds the modules in a program's folder, to rewrite them, and the libraries to stub."""

    def __init__(self, folder: Path, positions: list[Position], stubs: Sequence[str]) -> None:
        self.folder = folder
        self.positions = positions
        self.stubs = stubs

    def find_spec(
        self, name: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> importlib.machinery.ModuleSpec | None:
        """Return how to load a module; None if it is neither stubbed nor the program's own."""
        del target
        if name.partition(".")[0] in self.stubs:
            return importlib.util.spec_from_loader(name, self, is_package=True)
        for base in path if path is not None else [str(self.folder)]:
            if not Path(base).resolve().is_relative_to(self.folder):
                continue
            last = Path(base) / name.rpartition(".")[2]
            package, plain_module = last / "__init__.py", last.with_suffix(".py")
            for file, is_package in ((package, True), (plain_module, False)):
                if file.is_file():
                    spec = importlib.util.spec_from_loader(
                        name, self, origin=str(file), is_package=is_package
                    )
                    if spec is not None and is_package:
                        spec.submodule_search_locations = [str(last)]
                    return spec
        return None

    def create_module(self, spec: importlib.machinery.ModuleSpec) -> ModuleType | None:
        """Return a stub, or None for an ordinary module."""
        return None if spec.origin else StubModule(spec.name)

    def exec_module(self, module: ModuleType) -> None:
        """Run a module of the program, rewritten."""
        origin = module.__spec__.origin if module.__spec__ else None
        if origin:
            module.__file__ = origin
            vars(module)["__builtins__"] = BUILTINS
            exec(rewrite(Path(origin).read_bytes(), origin, self.positions), vars(module))

    def drop_modules(self, before: set[str]) -> None:
        """Unload what this finder loaded, so that another run starts anew."""
        for name in set(sys.modules) - before:
            spec = getattr(sys.modules[name], "__spec__", None)
            if spec is not None and spec.loader is self:
                del sys.modules[name]
