"""The mistakes: comparisons, and/or, constants, arithmetic, conditions, results, statements left out.

Sentences meant for people (texts with a space, f-strings), annotations, decorators, defaults of parameters and bodies
of classes stay as they are.
"""

import ast
from collections.abc import Iterator
from dataclasses import dataclass

COMPARE: dict[type[ast.cmpop], type[ast.cmpop]] = {
    ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq,
    ast.Lt: ast.LtE,
    ast.LtE: ast.Lt,
    ast.Gt: ast.GtE,
    ast.GtE: ast.Gt,
    ast.In: ast.NotIn,
    ast.NotIn: ast.In,
    ast.Is: ast.IsNot,
    ast.IsNot: ast.Is,
}
ARITHMETIC: dict[type[ast.operator], type[ast.operator]] = {
    ast.Add: ast.Sub,
    ast.Sub: ast.Add,
    ast.Mult: ast.Add,
    ast.Div: ast.Mult,
    ast.FloorDiv: ast.Mult,
    ast.Mod: ast.Mult,
    ast.Pow: ast.Mult,
    ast.BitOr: ast.BitAnd,
    ast.BitAnd: ast.BitOr,
}
CALLS = {"any": "all", "all": "any", "min": "max", "max": "min", "startswith": "endswith", "endswith": "startswith"}
Function = ast.FunctionDef | ast.AsyncFunctionDef


@dataclass(frozen=True)
class Mutant:
    """One mistake: `where` is the function or the module's constant it is in, `top` the place of its statement."""

    number: int
    line: int
    where: str
    top: int
    before: str
    after: str
    constant: bool = False


class Planter(ast.NodeTransformer):
    """Counts the mistakes that can be made in a module; makes the one numbered `wanted`."""

    def __init__(self, wanted: int = -1) -> None:
        self.wanted = wanted
        self.found: list[Mutant] = []
        self._where: list[str] = []
        self._inside = False
        self._top = 0

    def plant(self, module: ast.Module) -> ast.Module:
        """Walk the module, statement by statement."""
        for self._top, statement in enumerate(module.body):
            if isinstance(statement, Function | ast.ClassDef):
                module.body[self._top] = self.visit(statement)  # type: ignore[call-overload]
            elif isinstance(statement, ast.Assign | ast.AnnAssign) and statement.value is not None:
                target = statement.targets[0] if isinstance(statement, ast.Assign) else statement.target
                self._where = [ast.unparse(target)]
                statement.value = self.visit(statement.value)  # type: ignore[assignment]
                self._where = []
        return ast.fix_missing_locations(module)

    def visit(self, node: ast.AST) -> ast.AST:
        """Every mistake that this node allows, then what lies in it."""
        if isinstance(node, ast.ClassDef):
            self._where.append(node.name)
            node.body = [self.visit(s) if isinstance(s, Function) else s for s in node.body]  # type: ignore[misc]
            self._where.pop()
            return node
        if isinstance(node, Function):
            return self._function(node)
        if isinstance(node, ast.JoinedStr | ast.Import | ast.ImportFrom):
            return node
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
            return node
        for other in mistakes(node):
            number = len(self.found)
            where = ".".join(self._where)
            line = getattr(node, "lineno", 0)
            texts = ast.unparse(node), ast.unparse(other)
            self.found.append(Mutant(number, line, where, self._top, *texts, constant=not self._inside))
            if number == self.wanted:
                return ast.copy_location(other, node)
        if isinstance(node, ast.AnnAssign):
            node.value = self.visit(node.value) if node.value else None  # type: ignore[assignment]
            return node
        return self.generic_visit(node)

    def _function(self, node: Function) -> Function:
        inner, self._inside = self._inside, True
        if not inner:
            self._where.append(node.name)
        node.body = [self.visit(statement) for statement in node.body]  # type: ignore[misc]
        if not inner:
            self._where.pop()
        self._inside = inner
        return node


def mistakes(node: ast.AST) -> Iterator[ast.AST]:
    """What may stand here instead."""
    if isinstance(node, ast.stmt):
        yield from _statements(node)
    elif isinstance(node, ast.Call):
        yield from _calls(node)
    elif isinstance(node, ast.comprehension):
        for place in range(len(node.ifs)):
            ifs = node.ifs[:place] + node.ifs[place + 1 :]
            yield ast.comprehension(node.target, node.iter, ifs, node.is_async)
    elif isinstance(node, ast.Constant):
        yield from _constants(node.value)
    elif isinstance(node, ast.expr):
        yield from _operators(node)


def _operators(node: ast.expr) -> Iterator[ast.expr]:
    match node:
        case ast.Compare():
            for place, op in enumerate(node.ops):
                ops = [*node.ops[:place], COMPARE[type(op)](), *node.ops[place + 1 :]]
                yield ast.Compare(node.left, ops, node.comparators)
        case ast.BoolOp():
            yield ast.BoolOp(ast.Or() if isinstance(node.op, ast.And) else ast.And(), node.values)
        case ast.BinOp() if type(node.op) in ARITHMETIC and not (_is_text(node.left) or _is_text(node.right)):
            yield ast.BinOp(node.left, ARITHMETIC[type(node.op)](), node.right)
        case ast.UnaryOp(op=ast.Not() | ast.USub()):
            yield node.operand
        case ast.IfExp() if _plain(node.test):
            yield ast.IfExp(ast.UnaryOp(ast.Not(), node.test), node.body, node.orelse)


def _calls(node: ast.Call) -> Iterator[ast.Call]:
    if isinstance(node.func, ast.Name) and node.func.id in CALLS:
        yield ast.Call(ast.Name(CALLS[node.func.id], ast.Load()), node.args, node.keywords)
    elif isinstance(node.func, ast.Attribute) and node.func.attr in CALLS:
        func = ast.Attribute(node.func.value, CALLS[node.func.attr], ast.Load())
        yield ast.Call(func, node.args, node.keywords)


def _statements(node: ast.stmt) -> Iterator[ast.stmt]:
    match node:
        case ast.If() if _plain(node.test):
            yield ast.If(ast.UnaryOp(ast.Not(), node.test), node.body, node.orelse)
        case ast.While() if _plain(node.test):
            yield ast.While(ast.UnaryOp(ast.Not(), node.test), node.body, node.orelse)
        case ast.Return(value=ast.expr() as value) if not isinstance(value, ast.Constant):
            yield ast.Return(ast.Constant(None))
        case ast.Continue():
            yield ast.Break()
        case ast.Raise() | ast.Expr() | ast.AugAssign() | ast.Delete():
            yield ast.Pass()
        case ast.Assign() if not any(isinstance(t, ast.Name | ast.Tuple) for t in node.targets):
            yield ast.Pass()


def _constants(value: object) -> Iterator[ast.Constant]:
    if isinstance(value, bool):
        yield ast.Constant(not value)
    elif isinstance(value, int):
        yield ast.Constant(value + 1)
    elif isinstance(value, str) and " " not in value.strip():
        yield ast.Constant(f"x{value}x")


def _is_text(node: ast.expr) -> bool:
    return isinstance(node, ast.JoinedStr) or (isinstance(node, ast.Constant) and isinstance(node.value, str))


def _plain(test: ast.expr) -> bool:
    """A condition that no other mistake turns round."""
    return not isinstance(test, ast.Compare | ast.BoolOp | ast.UnaryOp)
