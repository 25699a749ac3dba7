// Feeds an output-stationary array: counts folds and steps, and rests while results must shift out.
module sequencer_output_stationary #(
    parameter int ROWS = 4,
    parameter bit DOUBLE_BUFFERED = 1,
    parameter int FOLDS = 1,
    parameter int WAVES = 1
) (
    input  logic clock,
    input  logic reset,
    output logic stream,
    output logic stream_first,
    output logic stream_last,
    output int   stream_fold,
    output int   stream_wave
);
  localparam int Rest = !DOUBLE_BUFFERED ? ROWS : WAVES < ROWS ? ROWS - WAVES : 0;

  int fold;
  int step;
  int resting;

  assign stream = fold < FOLDS && resting == 0;
  assign stream_first = step == 0;
  assign stream_last = step == WAVES - 1;
  assign stream_fold = fold;
  assign stream_wave = step;

  always_ff @(posedge clock) begin
    if (reset) begin
      fold <= 0;
      step <= 0;
      resting <= 0;
    end else if (resting > 0) begin
      resting <= resting - 1;
    end else if (stream) begin
      step <= stream_last ? 0 : step + 1;
      if (stream_last) begin
        fold <= fold + 1;
        resting <= Rest;
      end
    end
  end
endmodule
