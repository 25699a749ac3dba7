/**
 * An ONNX model of one MatMul, C = A B in fp32, as protobuf bytes
 * (https://github.com/onnx/onnx/blob/main/onnx/onnx.proto: ModelProto, GraphProto, NodeProto).
 */
export function matmulModel(m: number, k: number, n: number): Uint8Array {
  const node = [...text(1, 'A'), ...text(1, 'B'), ...text(2, 'C'), ...text(4, 'MatMul')];
  const graph = [
    ...message(1, node),
    ...text(2, 'matmul'),
    ...message(11, value('A', [m, k])),
    ...message(11, value('B', [k, n])),
    ...message(12, value('C', [m, n])),
  ];
  const opset = [...text(1, ''), ...integer(2, 17)];
  return Uint8Array.from([...integer(1, 8), ...message(7, graph), ...message(8, opset)]);
}

const FLOAT = 1;

function value(name: string, dimensions: readonly number[]): readonly number[] {
  const shape = dimensions.flatMap((extent) => message(1, integer(1, extent)));
  const tensor = [...integer(1, FLOAT), ...message(2, shape)];
  return [...text(1, name), ...message(2, message(1, tensor))];
}

function integer(field: number, content: number): readonly number[] {
  return [...varint(field << 3), ...varint(content)];
}

function text(field: number, content: string): readonly number[] {
  return message(field, [...new TextEncoder().encode(content)]);
}

function message(field: number, content: readonly number[]): readonly number[] {
  return [...varint((field << 3) | 2), ...varint(content.length), ...content];
}

function varint(content: number): readonly number[] {
  return content < 0x80 ? [content] : [(content & 0x7f) | 0x80, ...varint(content >>> 7)];
}
