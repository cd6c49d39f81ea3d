"""A program's syntax tree with its operations turned into calls of helpers, lines unchanged.

    w[0] -= rate * f(x)   →   w[here(7, 0)] -= here(9, Mult(8, rate, callee(10, f)(x)))

Each helper gets the index of a `Position`.  Float literals become leaves where they are data (in
displays, arguments, defaults and plain assignments), not inside formulas.  Annotations and match
patterns stay; names that look at their caller's frame are called directly.
"""

import ast
from typing import Any

from .choosing import compared, is_choice, unchained, with_choices
from .graph import Position
from .trace import OPERATORS, helper_name

_COMPUTED = {"T", "mT", "H", "A", "A1", "I", "real"}  # attributes that are operations
_NOTHING = ast.arguments([], [], None, [], [], None, [])  # what a function without parameters takes
_FRAME_READERS = {"super", "locals", "globals", "vars", "dir", "eval", "exec", "__import__"}


def rewrite(source: str | bytes, file: str, positions: list[Position]) -> Any:
    """Return the code object of a rewritten module; its positions are added to the list."""
    tree = ast.parse(source, file)
    return compile(ast.fix_missing_locations(Rewriter(file, positions).visit(tree)), file, "exec")


def _is_float(node: ast.AST | None) -> bool:
    """Whether a node is a float literal, with or without a minus sign."""
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
        node = node.operand
    return isinstance(node, ast.Constant) and type(node.value) is float


def _targets(target: ast.expr) -> tuple[str, ...]:
    """Return what is assigned to, as written; of a tuple, each part."""
    if isinstance(target, ast.Tuple | ast.List):
        return tuple(ast.unparse(part) for part in target.elts)
    return (ast.unparse(target),)


class Rewriter(ast.NodeTransformer):
    """Turns one module's operations into calls of helpers."""

    def __init__(self, file: str, positions: list[Position]) -> None:
        self.file = file
        self.positions = positions
        self.scopes: list[str] = []
        self.in_class = False  # right in a class, whose names a function there does not see

    def _position(self, node: Any, targets: tuple[str, ...] = ()) -> ast.Constant:
        """Note a node's place and return its index."""
        span = (node.lineno, node.col_offset, node.end_lineno, node.end_col_offset)
        self.positions.append(Position(self.file, *span, ".".join(self.scopes), targets))
        return ast.copy_location(ast.Constant(len(self.positions) - 1), node)

    def _call(self, helper: str, at: Any, *arguments: ast.expr) -> ast.Call:
        """Return a call of a helper that stands where `at` stands."""
        name = ast.copy_location(ast.Name(helper_name(helper), ast.Load()), at)
        return ast.copy_location(ast.Call(name, list(arguments), []), at)

    def _data(self, node: ast.expr) -> Any:
        """Rewrite an expression; if it is a float literal, make it a leaf."""
        if _is_float(node):
            return self._call("literal", node, self._position(node), node)
        return self.visit(node)

    # operations -----------------------------------------------------------------------------------

    def visit_BinOp(self, node: ast.BinOp) -> ast.AST:
        """Turn a + b into Add(position, a, b); text formatting stays."""
        position = self._position(node)
        left, right = self.visit(node.left), self.visit(node.right)
        if isinstance(node.left, ast.Constant | ast.JoinedStr) and isinstance(node.op, ast.Mod):
            return ast.copy_location(ast.BinOp(left, node.op, right), node)
        return self._call(type(node.op).__name__, node, position, left, right)

    def visit_UnaryOp(self, node: ast.UnaryOp) -> ast.AST:
        """Turn −a into negate(position, a), unless a is a literal."""
        if isinstance(node.operand, ast.Constant) or not isinstance(node.op, ast.USub):
            return self.generic_visit(node)
        return self._call("negate", node, self._position(node), self.visit(node.operand))

    def visit_Compare(self, node: ast.Compare) -> ast.AST:
        """Turn a < b into Lt(position, a, b); chains, `in` and `is` stay."""
        name = type(node.ops[0]).__name__
        if len(node.ops) > 1 or name not in OPERATORS:
            return self.generic_visit(node)
        position = self._position(node)
        left, right = self.visit(node.left), self.visit(node.comparators[0])
        return self._call(name, node, position, left, right)

    def visit_IfExp(self, node: ast.IfExp) -> ast.AST:
        """Turn a if b < c else d into choose(position, "Lt", b, c, lambda: a, lambda: d)."""
        choice = unchained(node)
        test = compared(choice)
        if test is None or self.in_class or not is_choice(choice):
            return self.generic_visit(node)
        left, right = self.visit(test.left), self.visit(test.comparators[0])
        values = [ast.Lambda(_NOTHING, self.visit(part)) for part in (choice.body, choice.orelse)]
        name = ast.Constant(type(test.ops[0]).__name__)
        return self._call("choose", node, self._position(node), name, left, right, *values)

    def visit_Call(self, node: ast.Call) -> ast.AST:
        """Turn f(x) into callee(position, f)(x)."""
        if not (isinstance(node.func, ast.Name) and node.func.id in _FRAME_READERS):
            if isinstance(node.func, ast.Attribute):
                node.func.value = self.visit(node.func.value)
            else:
                node.func = self.visit(node.func)
            node.func = self._call("callee", node.func, self._position(node), node.func)
        node.args = [self._data(argument) for argument in node.args]
        for keyword in node.keywords:
            keyword.value = self._data(keyword.value)
        return node

    def visit_Attribute(self, node: ast.Attribute) -> ast.AST:
        """Turn a.b, where it is read, into attribute(position, a.b); announce a.T before."""
        node.value = self.visit(node.value)
        if not isinstance(node.ctx, ast.Load):
            return node
        position = self._position(node)
        if node.attr in _COMPUTED:
            node.value = self._call("here", node, position, node.value)
        return self._call("attribute", node, position, node)

    def visit_Subscript(self, node: ast.Subscript) -> ast.AST:
        """Turn a[i], where it is read, into item(position, a, i)."""
        position = self._position(node)
        node.value = self.visit(node.value)
        if isinstance(node.ctx, ast.Load):
            return self._call("item", node, position, node.value, self._index(node.slice))
        node.slice = self._call("here", node, position, self._index(node.slice))
        return node

    def _index(self, node: Any) -> Any:
        """Rewrite an index, its slices as calls, so that it can be an argument."""
        if isinstance(node, ast.Slice):
            parts = (node.lower, node.upper, node.step)
            bounds = [ast.Constant(None) if part is None else self.visit(part) for part in parts]
            return self._call("slice", node, *bounds)
        if isinstance(node, ast.Tuple):
            node.elts = [self._index(part) for part in node.elts]
            return node
        return self.visit(node)

    # data -----------------------------------------------------------------------------------------

    def _display(self, node: Any) -> ast.AST:
        """Make leaves of the literals in a display that is not a target."""
        if not isinstance(node.ctx, ast.Load):
            return self.generic_visit(node)
        node.elts = [self._data(part) for part in node.elts]
        return ast.copy_location(node, node)

    visit_List = visit_Tuple = _display

    def visit_Dict(self, node: ast.Dict) -> ast.AST:
        """Make leaves of the literals among a dict's values."""
        node.keys = [None if key is None else self.visit(key) for key in node.keys]
        node.values = [self._data(value) for value in node.values]
        return node

    # statements -----------------------------------------------------------------------------------

    def visit_Assign(self, node: ast.Assign) -> ast.AST:
        """Turn a = b into a = store(position, b), and a[i] = b into put(position, b, a, i)."""
        position = self._position(node, _targets(node.targets[0]))
        value = self._data(node.value)
        target = node.targets[0]
        if len(node.targets) == 1 and isinstance(target, ast.Subscript):
            owner, index = self.visit(target.value), self._index(target.slice)
            call = self._call("put", node, position, value, owner, index)
            return ast.copy_location(ast.Expr(call), node)
        node.targets = [self.visit(target) for target in node.targets]
        node.value = self._call("store", node.value, position, value)
        return node

    def visit_AnnAssign(self, node: ast.AnnAssign) -> ast.AST:
        """The same for a: type = b, whose annotation stays."""
        if node.value is not None:
            position = self._position(node, _targets(node.target))
            node.value = self._call("store", node.value, position, self._data(node.value))
        if not isinstance(node.target, ast.Name):
            node.target = self.visit(node.target)
        return node

    def visit_AugAssign(self, node: ast.AugAssign) -> ast.AST:
        """Turn a += b into a += here(position, b)."""
        position = self._position(node, _targets(node.target))
        node.target = self.visit(node.target)
        node.value = self._call("here", node.value, position, self.visit(node.value))
        return node

    def visit_Return(self, node: ast.Return) -> ast.AST:
        """Turn return a into return store(position, a)."""
        if node.value is not None:
            position = self._position(node, ("return",))
            node.value = self._call("store", node.value, position, self.visit(node.value))
        return node

    def _loop(self, node: Any) -> ast.AST:
        """Let each turn of a loop announce itself, so that an endless one can be stopped."""
        self.generic_visit(node)
        node.body.insert(0, ast.copy_location(ast.Expr(self._call("turn", node)), node.body[0]))
        return ast.copy_location(node, node)

    visit_For = visit_While = visit_AsyncFor = _loop

    # scopes, annotations, patterns ----------------------------------------------------------------

    def _function(self, node: Any) -> ast.AST:
        """Rewrite decorators, defaults and body of a function; leave its annotations."""
        node.decorator_list = [self.visit(decorator) for decorator in node.decorator_list]
        self._defaults(node.args)
        self.scopes.append(node.name)
        around, self.in_class = self.in_class, False
        node.body = [self.visit(statement) for statement in with_choices(node.body)]
        self.in_class = around
        self.scopes.pop()
        return ast.copy_location(node, node)

    visit_FunctionDef = visit_AsyncFunctionDef = _function

    def _defaults(self, arguments: ast.arguments) -> None:
        arguments.defaults = [self._data(default) for default in arguments.defaults]
        arguments.kw_defaults = [d and self._data(d) for d in arguments.kw_defaults]

    def visit_Lambda(self, node: ast.Lambda) -> ast.AST:
        """Rewrite defaults and body of a lambda."""
        self._defaults(node.args)
        around, self.in_class = self.in_class, False
        node.body = self.visit(node.body)
        self.in_class = around
        return node

    def visit_ClassDef(self, node: ast.ClassDef) -> ast.AST:
        """Rewrite a class under its own name."""
        self.scopes.append(node.name)
        around, self.in_class = self.in_class, True
        self.generic_visit(node)
        self.in_class = around
        self.scopes.pop()
        return node

    def visit_match_case(self, node: ast.match_case) -> ast.AST:
        """Leave the pattern of a case; rewrite its guard and body."""
        node.guard = node.guard and self.visit(node.guard)
        node.body = [self.visit(statement) for statement in node.body]
        return node
