"""LLVM's assembly for loops over vectors of float32: the few words that `kernels` is written in."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from llvmlite import ir

from cnnviz.training.simd_kernels.sizes import SINGLE

FLOAT, BYTE, INTEGER, POINTER = ir.FloatType(), ir.IntType(8), ir.IntType(64), ir.PointerType()
ENTRY = 8  # bytes of an integer or a pointer

Place = int | tuple[ir.Value, int]  # so many bytes further, or index · bytes
Body = Callable[[ir.Value, list[ir.Value]], Sequence[ir.Value] | None]


class Function:
    """A function of pointers and integers, without an answer, being written; vectors of `lanes` float32."""

    def __init__(
        self, module: ir.Module, name: str, *, lanes: int, pointers: int, integers: int = 0, internal: bool = False
    ) -> None:
        kinds = [POINTER] * pointers + [INTEGER] * integers
        self.value = ir.Function(module, ir.FunctionType(ir.VoidType(), kinds), name)
        self.value.linkage = "internal" if internal else "external"
        self.arguments = list(self.value.args)
        self.build = ir.IRBuilder(self.value.append_basic_block())
        self.lanes = lanes
        self.vector, self.byte_vector = ir.VectorType(FLOAT, lanes), ir.VectorType(BYTE, lanes)
        self.zero = ir.Constant(self.vector, [0.0] * lanes)
        fused = f"llvm.fma.v{lanes}f32"
        self._fused = module.globals.get(fused) or ir.Function(
            module, ir.FunctionType(self.vector, [self.vector] * 3), fused
        )

    def code(self, number: int) -> ir.Value:
        """The same byte in every lane."""
        return ir.Constant(self.byte_vector, [number] * self.lanes)

    def times(self, count: int, body: Body, carried: Sequence[ir.Value] = ()) -> list[ir.Value]:
        """`body(index, values)` for 0 … count − 1, each time with the values that it answered before; the last ones."""
        return self.loop(self.number(0), self.number(count), body, carried)

    def loop(self, begin: ir.Value, end: ir.Value, body: Body, carried: Sequence[ir.Value] = ()) -> list[ir.Value]:
        """The same from `begin` to below `end`, once at least."""
        build, before = self.build, self.build.block
        head, after = build.append_basic_block(), build.append_basic_block()
        build.branch(head)
        build.position_at_end(head)
        index, values = build.phi(INTEGER), [build.phi(value.type) for value in carried]
        answered = list(body(index, values) or ())
        following, last = build.add(index, self.number(1)), build.block
        build.cbranch(build.icmp_unsigned("<", following, end), head, after)
        for phi, first, then in zip([index, *values], [begin, *carried], [following, *answered], strict=True):
            phi.add_incoming(first, before)
            phi.add_incoming(then, last)
        build.position_at_end(after)
        return answered

    def claim(self, counter: ir.Value, count: ir.Value, body: Callable[[ir.Value], None]) -> None:
        """`body(index)` for every index below `count` that no other thread has claimed from this counter."""
        build = self.build
        head, inside, after = (build.append_basic_block() for _ in range(3))
        build.branch(head)
        build.position_at_end(head)
        index = build.atomic_rmw("add", counter, self.number(1), "monotonic")
        build.cbranch(build.icmp_unsigned("<", index, count), inside, after)
        build.position_at_end(inside)
        body(index)
        build.branch(head)
        build.position_at_end(after)

    def at(self, pointer: ir.Value, *places: Place) -> ir.Value:
        """The pointer, moved."""
        for place in (item for item in places if not isinstance(item, int)):
            pointer = self._moved(pointer, self.build.mul(place[0], self.number(place[1])))
        fixed = sum(item for item in places if isinstance(item, int))
        return self._moved(pointer, self.number(fixed)) if fixed else pointer

    def pointer(self, pointer: ir.Value) -> ir.Value:
        """The pointer that is stored there."""
        return self._load(POINTER, pointer)

    def integer(self, pointer: ir.Value) -> ir.Value:
        """A 64-bit constant."""
        return self._load(INTEGER, pointer)

    def load(self, pointer: ir.Value, *places: Place) -> ir.Value:
        """A vector of float32, read from there."""
        return self._load(self.vector, self.at(pointer, *places))

    def load_codes(self, pointer: ir.Value, *places: Place) -> ir.Value:
        """A vector of bytes, read from there."""
        return self._load(self.byte_vector, self.at(pointer, *places))

    def spread(self, pointer: ir.Value, *places: Place) -> ir.Value:
        """One float32, in every lane."""
        number = self._load(FLOAT, self.at(pointer, *places))
        nothing, first = ir.Constant(self.vector, ir.Undefined), ir.Constant(ir.IntType(32), 0)
        lanes = ir.Constant(ir.VectorType(ir.IntType(32), self.lanes), [0] * self.lanes)
        return self.build.shuffle_vector(self.build.insert_element(nothing, number, first), nothing, lanes)

    def gather(self, pointer: ir.Value, apart: int) -> ir.Value:
        """A float32 for every lane, `apart` bytes from each other."""
        value = ir.Constant(self.vector, ir.Undefined)
        for lane in range(self.lanes):
            number = self._load(FLOAT, self.at(pointer, lane * apart))
            value = self.build.insert_element(value, number, ir.Constant(ir.IntType(32), lane))
        return value

    def scatter(self, value: ir.Value, pointer: ir.Value, apart: int) -> None:
        """The other way round."""
        for lane in range(self.lanes):
            number = self.build.extract_element(value, ir.Constant(ir.IntType(32), lane))
            self.build.store(number, self.at(pointer, lane * apart), align=SINGLE)

    def sum(self, value: ir.Value) -> ir.Value:
        """Of all lanes: halves on halves."""
        lanes = self.lanes
        while lanes > 1:
            lanes //= 2
            halves = [
                self.build.shuffle_vector(value, value, ir.Constant(ir.VectorType(ir.IntType(32), lanes), list(half)))
                for half in (range(lanes), range(lanes, 2 * lanes))
            ]
            value = self.build.fadd(*halves)
        return self.build.extract_element(value, ir.Constant(ir.IntType(32), 0))

    def store(self, value: ir.Value, pointer: ir.Value, *places: Place) -> None:
        """Writes a vector there."""
        self.build.store(value, self.at(pointer, *places), align=self._bytes(value.type))

    def fused(self, one: ir.Value, other: ir.Value, total: ir.Value) -> ir.Value:
        """one · other + total, rounded once."""
        return self.build.call(self._fused, [one, other, total])

    def ended(self) -> ir.Function:
        """The function, written."""
        self.build.ret_void()
        return self.value

    def number(self, value: int) -> ir.Value:
        """The same float32 in every lane."""
        return ir.Constant(INTEGER, value)

    def _load(self, kind: ir.Type, pointer: ir.Value) -> ir.Value:
        value = self.build.load(pointer, typ=kind)
        value.align = self._bytes(kind)
        return value

    def _bytes(self, kind: ir.Type) -> int:
        return {FLOAT: SINGLE, self.vector: SINGLE * self.lanes, self.byte_vector: self.lanes}.get(kind, ENTRY)

    def _moved(self, pointer: ir.Value, count: ir.Value) -> ir.Value:
        return self.build.gep(pointer, [count], inbounds=True, source_etype=BYTE)
