// Output-stationary array with its sequencer and operand memories.
module array_output_stationary #(
    parameter int ROWS = 4,
    parameter int COLUMNS = 4,
    parameter bit DOUBLE_BUFFERED = 1,
    parameter int M = 4,
    parameter int K = 4,
    parameter int N = 4,
    parameter int SKEW_STEP = 1
) (
    input logic clock,
    input logic reset,
    // Sums that leave below, column by column.
    output logic [COLUMNS-1:0][31:0] bottom
);
  localparam int TilesDown = (M + ROWS - 1) / ROWS;
  localparam int TilesAcross = (N + COLUMNS - 1) / COLUMNS;

  logic signed [7:0] a_memory[M*K];
  logic signed [7:0] b_memory[K*N];

  logic stream, stream_first, stream_last;
  int stream_fold, stream_wave;
  sequencer_output_stationary #(
      .ROWS(ROWS),
      .DOUBLE_BUFFERED(DOUBLE_BUFFERED),
      .FOLDS(TilesDown * TilesAcross),
      .WAVES(K)
  ) sequencer (.*);

  // What the edges are offered, before the skew: {valid, first, last, operand} a row, an operand a column.
  logic [ROWS-1:0][10:0] left_flat, left;
  logic [COLUMNS-1:0][7:0] top_flat, top;

  for (genvar row = 0; row < ROWS; row++) begin : g_left
    wire [31:0] m = (stream_fold / TilesAcross) * ROWS + row;
    wire real_row = stream && m < M;
    wire [7:0] operand = real_row ? a_memory[m*K+stream_wave] : 8'd0;
    assign left_flat[row] = {stream, stream && stream_first, stream && stream_last, operand};
  end
  for (genvar column = 0; column < COLUMNS; column++) begin : g_top
    wire [31:0] n = (stream_fold % TilesAcross) * COLUMNS + column;
    wire real_column = stream && n < N;
    assign top_flat[column] = real_column ? b_memory[stream_wave*N+n] : 8'd0;
  end
  skew #(.LANES(ROWS), .WIDTH(11), .STEP(SKEW_STEP)) left_skew (.clock, .reset, .in(left_flat), .out(left));
  skew #(.LANES(COLUMNS), .WIDTH(8)) top_skew (.clock, .reset, .in(top_flat), .out(top));

  for (genvar column = 0; column < COLUMNS; column++) begin : g_bottom
    assign bottom[column] = g_row[ROWS-1].g_column[column].chain;
  end
  for (genvar row = 0; row < ROWS; row++) begin : g_row
    for (genvar column = 0; column < COLUMNS; column++) begin : g_column
      wire valid_in, first_in, last_in, valid, first, last, drain, finished;
      wire signed [7:0] operand_in, weight_in, operand, weight;
      wire signed [31:0] chain_in, chain;
      assign drain = g_row[ROWS-1].g_column[column].finished;
      if (column == 0) begin : g_from_edge
        assign {valid_in, first_in, last_in, operand_in} = left[row];
      end else begin : g_from_left
        assign valid_in = g_row[row].g_column[column-1].valid;
        assign first_in = g_row[row].g_column[column-1].first;
        assign last_in = g_row[row].g_column[column-1].last;
        assign operand_in = g_row[row].g_column[column-1].operand;
      end
      if (row == 0) begin : g_from_top
        assign weight_in = top[column];
        assign chain_in = 32'sd0;
      end else begin : g_from_above
        assign weight_in = g_row[row-1].g_column[column].weight;
        assign chain_in = g_row[row-1].g_column[column].chain;
      end
      pe_output_stationary #(.ROW(row), .DOUBLE_BUFFERED(DOUBLE_BUFFERED)) pe (
          .clock, .reset, .valid_in, .first_in, .last_in, .operand_in, .valid, .first, .last, .operand,
          .weight_in, .weight, .drain, .finished, .chain_in, .chain
      );
    end
  end
endmodule
