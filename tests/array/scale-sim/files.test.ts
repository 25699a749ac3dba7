import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compareWithScaleSim } from '../../../src/array/scale-sim/comparison.ts';
import { parseScaleSimConfig } from '../../../src/array/scale-sim/config-file.ts';
import { parseScaleSimTopology } from '../../../src/array/scale-sim/topology-file.ts';
import { InputError } from '../../../src/base/result.ts';
import { arrayCases } from '../arbitrary-cases.ts';

const CONFIG = `[general]
run_name = example

[architecture_presets]
ArrayHeight:    32
arraywidth = 16
IfmapSramSzkB:   64
# a comment
Dataflow : os
Bandwidth : 10

[run_presets]
InterfaceBandwidth: CALC
UseRamulatorTrace: False
`;

describe('SCALE-Sim configuration', () => {
  it('gives the array', () => {
    expect(parseScaleSimConfig(CONFIG, 'f.cfg')).toEqual({ rows: 32, columns: 16, dataflow: 'os' });
    expect(parseScaleSimConfig(CONFIG.replaceAll('\n', '\r\n'), 'f.cfg').rows).toBe(32);
  });

  it.each([
    ['', 'f.cfg: expected ArrayHeight in section [architecture_presets], found none'],
    ['{"a": 1}', 'f.cfg:1: expected [section] or key = value, found "{"a": 1}"'],
    ['ArrayHeight: 3', 'f.cfg:1: expected [section] or key = value, found "ArrayHeight: 3"'],
    [
      CONFIG.replace('32', '0'),
      'f.cfg:5: expected ArrayHeight to be a whole number from 1 to 65536, found "0"',
    ],
    [CONFIG.replace('32', '1e308'), /^f\.cfg:5: expected ArrayHeight .* found "1e308"$/],
    [CONFIG.replace('32', 'NaN'), /^f\.cfg:5: .* found "NaN"$/],
    [CONFIG.replace(': os', ': rs'), 'f.cfg:9: expected Dataflow to be one of ws, os, is, found "rs"'],
    [CONFIG.replace('CALC', 'USER'), /^f\.cfg:13: expected InterfaceBandwidth CALC, found "USER"/],
    [CONFIG.replace('False', 'True'), /^f\.cfg:14: expected UseRamulatorTrace False/],
    [CONFIG.replace('Bandwidth : 10', 'ArrayHeight: 4'), /^f\.cfg:10: expected each key once/],
  ])('says what is wrong: %#', (text, message) => {
    expect(() => parseScaleSimConfig(text, 'f.cfg')).toThrow(message);
  });
});

const CONVOLUTION_HEADER =
  'Layer name, IFMAP Height, IFMAP Width, Filter Height, Filter Width, Channels, Num Filter, Strides,';

describe('SCALE-Sim topology', () => {
  it('reads GEMMs', () => {
    expect(
      parseScaleSimTopology('\uFEFFLayer, M, N, K,\r\nTest1, 256, 128, 64,\r\n\r\nb,1,2,3\n', 't'),
    ).toEqual([
      { name: 'Test1', gemm: { m: 256, n: 128, k: 64 } },
      { name: 'b', gemm: { m: 1, n: 2, k: 3 } },
    ]);
  });

  it('turns convolutions into GEMMs', () => {
    const text = `${CONVOLUTION_HEADER}\nConv1, 224, 224, 7, 7, 3, 64, 2,\nb,11,9,5,3,2,6,2,1,\nc,8,8,3,3,3,16,1,1:1,\n,,,\n`;
    expect(parseScaleSimTopology(text, 't')).toEqual([
      { name: 'Conv1', gemm: { m: 110 * 110, k: 147, n: 64 } },
      { name: 'b', gemm: { m: 4 * 7, k: 30, n: 6 } },
      { name: 'c', gemm: { m: 36, k: 27, n: 16 } },
    ]);
  });

  it('makes one layer a channel of a depthwise convolution', () => {
    const layers = parseScaleSimTopology(`${CONVOLUTION_HEADER}\nDP1, 8, 8, 3, 3, 4, 1, 1,\n`, 't');
    expect(layers.map(({ name }) => name)).toEqual([0, 1, 2, 3].map((channel) => `DP1Channel_${channel}`));
    expect(layers[3].gemm).toEqual({ m: 36, k: 9, n: 1 });
  });

  it.each([
    ['', 't:1: expected a header line with the names of the columns'],
    ['Test1, 256, 128, 64,\n', 't:1: expected a header line with the names of the columns'],
    ['Layer, M, N, K,\n', 't: expected a header line and at least one layer, found none'],
    ['Layer, M, N, K,\na,1,2,\n', /^t:2: expected a layer name and 3 numbers \(GEMM\), or 7 or 8/],
    ['Layer, M, N, K,\na,1,2,3,4,5,6,7,8,9,\n', /^t:2: expected a layer name and 3 numbers/],
    [
      'Layer, M, N, K,\na,1,NaN,3,\n',
      't:2: expected N to be a whole number from 1 to 2147483647, found "NaN"',
    ],
    ['Layer, M, N, K,\na,1,2,1e308,\n', /^t:2: expected K .* found "1e308"$/],
    ['Layer, M, N, K,\na,0,2,3,\n', /^t:2: expected M .* found "0"$/],
    ['Layer, M, N, K,\na,1,2,3,2:4,\n', 't:2: expected a dense layer (1:1), found sparsity 2:4'],
    [
      `${CONVOLUTION_HEADER}\na,3,3,4,1,1,1,1,\n`,
      /^t:2: expected a filter no larger than its input, found 4x1 on 3x3/,
    ],
    [`${CONVOLUTION_HEADER}\nDP,3,3,1,1,2000000000,1,1,\n`, /^t:2: expected at most 100000 channels/],
    [
      `${CONVOLUTION_HEADER}\na,2000000000,2000000000,1,1,1,1,1,\n`,
      /^t:2: expected a layer whose GEMM extents/,
    ],
  ])('says what is wrong: %#', (text, message) => {
    expect(() => parseScaleSimTopology(text, 't')).toThrow(message);
  });

  it('takes any text without anything but an InputError', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 300 }), (text) => {
        for (const parse of [parseScaleSimConfig, parseScaleSimTopology]) {
          try {
            parse(text, 'f');
          } catch (error) {
            expect(error).toBeInstanceOf(InputError);
          }
        }
      }),
    );
  });
});

describe('difference from SCALE-Sim', () => {
  it('is explained to the last cycle', () => {
    fc.assert(
      fc.property(arrayCases, ({ config, gemm }) => {
        const { systole, scaleSim, differences } = compareWithScaleSim(config, gemm);
        const explained = differences.reduce((total, { cycles }) => total + cycles, 0);
        expect(explained).toBe(systole.cycles - scaleSim.totalCycles);
      }),
    );
  });
});
