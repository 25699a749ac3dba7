import type { ArrayConfig } from '../../src/array/config.ts';
import type { ArrayStepper } from '../../src/array/stepper.ts';
import type { ArrayValues } from '../../src/array/values.ts';

/** Registers of one lane of the stepping reference, 0 where they hold nothing. */
export function stepperValues(config: ArrayConfig, stepper: ArrayStepper, lane: number): ArrayValues {
  const pes = stepper.pes.flat();
  return {
    operand: Float64Array.from(pes, (pe) => pe.operand?.lanes[lane]?.value ?? 0),
    weight: Float64Array.from(pes, (pe) => pe.weight?.value ?? 0),
    shadow: Float64Array.from(
      pes,
      (pe) => (config.dataflow === 'os' ? pe.shadowSums[lane] : pe.shadowWeight)?.value ?? 0,
    ),
    sum: Float64Array.from(pes, (pe) => pe.sums[lane]?.value ?? 0),
  };
}
