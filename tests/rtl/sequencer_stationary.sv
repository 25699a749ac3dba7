// Feeds a weight- or input-stationary array: counts folds, waves and rows, nothing else.
module sequencer_stationary #(
    // In which a tile of weights enters: rows of PEs in the longest stretch below a point of entry.
    parameter int LOAD_CYCLES = 4,
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
    output int   stream_wave,
    output logic load,
    output logic load_mark,
    output int   load_fold,
    output int   load_row  // from the top of its stretch
);
  int streaming;  // fold that streams, or will stream next
  int waves_streamed;
  int loading;  // fold that loads, or will load next
  int rows_loaded;

  assign stream = streaming < FOLDS && loading > streaming;
  assign stream_first = waves_streamed == 0;
  assign stream_last = waves_streamed == WAVES - 1;
  assign stream_fold = streaming;
  assign stream_wave = waves_streamed;

  // Shadow registers are free once the fold before streams; a single register once it has streamed.
  wire may_load = loading == 0 || streaming >= loading
      || (DOUBLE_BUFFERED && streaming == loading - 1 && (stream || waves_streamed > 0));
  assign load = loading < FOLDS && (rows_loaded > 0 || may_load);
  assign load_mark = rows_loaded == 0;
  assign load_fold = loading;
  assign load_row = LOAD_CYCLES - 1 - rows_loaded;  // the bottom row's weights go first

  always_ff @(posedge clock) begin
    if (reset) begin
      streaming <= 0;
      waves_streamed <= 0;
      loading <= 0;
      rows_loaded <= 0;
    end else begin
      if (stream) begin
        waves_streamed <= stream_last ? 0 : waves_streamed + 1;
        if (stream_last) streaming <= streaming + 1;
      end
      if (load) begin
        rows_loaded <= rows_loaded == LOAD_CYCLES - 1 ? 0 : rows_loaded + 1;
        if (rows_loaded == LOAD_CYCLES - 1) loading <= loading + 1;
      end
    end
  end
endmodule
