// Weight- or input-stationary array with its sequencer and operand memories.
// ws: A[m, k] streams and B[k, n] stays. is: B streams and A stays.
module array_stationary #(
    parameter int ROWS = 4,
    parameter int COLUMNS = 4,
    parameter bit DOUBLE_BUFFERED = 1,
    parameter bit INPUT_STATIONARY = 0,
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
  localparam int Across = INPUT_STATIONARY ? M : N;
  localparam int Waves = INPUT_STATIONARY ? N : M;
  localparam int TilesDown = (K + ROWS - 1) / ROWS;
  localparam int TilesAcross = (Across + COLUMNS - 1) / COLUMNS;

  logic signed [7:0] a_memory[M*K];
  logic signed [7:0] b_memory[K*N];

  logic stream, stream_first, stream_last, load, load_mark;
  int stream_fold, stream_wave, load_fold, load_row;
  sequencer_stationary #(
      .ROWS(ROWS),
      .DOUBLE_BUFFERED(DOUBLE_BUFFERED),
      .FOLDS(TilesDown * TilesAcross),
      .WAVES(Waves)
  ) sequencer (.*);

  // What the edges are offered, before the skew: {valid, first, operand} a row, {mark, weight} a column.
  logic [ROWS-1:0][9:0] left_flat, left;
  logic [COLUMNS-1:0][8:0] top_flat, top;

  for (genvar row = 0; row < ROWS; row++) begin : g_left
    wire [31:0] k = (stream_fold % TilesDown) * ROWS + row;
    wire real_row = stream && k < K;
    wire [31:0] address = INPUT_STATIONARY ? k * N + stream_wave : stream_wave * K + k;
    wire [7:0] operand = !real_row ? 8'd0 : INPUT_STATIONARY ? b_memory[address] : a_memory[address];
    assign left_flat[row] = {stream, stream && stream_first, operand};
  end
  for (genvar column = 0; column < COLUMNS; column++) begin : g_top
    wire [31:0] k = (load_fold % TilesDown) * ROWS + load_row;
    wire [31:0] x = (load_fold / TilesDown) * COLUMNS + column;
    wire real_weight = load && k < K && x < Across;
    wire [31:0] address = INPUT_STATIONARY ? x * K + k : k * N + x;
    wire [7:0] weight = !real_weight ? 8'd0 : INPUT_STATIONARY ? a_memory[address] : b_memory[address];
    assign top_flat[column] = {load && load_mark, weight};
  end
  skew #(.LANES(ROWS), .WIDTH(10), .STEP(SKEW_STEP)) left_skew (.clock, .reset, .in(left_flat), .out(left));
  skew #(.LANES(COLUMNS), .WIDTH(9)) top_skew (.clock, .reset, .in(top_flat), .out(top));

  for (genvar column = 0; column < COLUMNS; column++) begin : g_bottom
    assign bottom[column] = g_row[ROWS-1].g_column[column].sum;
  end
  for (genvar row = 0; row < ROWS; row++) begin : g_row
    for (genvar column = 0; column < COLUMNS; column++) begin : g_column
      wire valid_in, first_in, load_mark_in, valid, first, load_mark;
      wire signed [7:0] operand_in, chain_in, operand, chain;
      wire signed [31:0] sum_in, sum;
      if (column == 0) begin : g_from_edge
        assign {valid_in, first_in, operand_in} = left[row];
      end else begin : g_from_left
        assign valid_in = g_row[row].g_column[column-1].valid;
        assign first_in = g_row[row].g_column[column-1].first;
        assign operand_in = g_row[row].g_column[column-1].operand;
      end
      if (row == 0) begin : g_from_top
        assign {load_mark_in, chain_in} = top[column];
        assign sum_in = 32'sd0;
      end else begin : g_from_above
        assign load_mark_in = g_row[row-1].g_column[column].load_mark;
        assign chain_in = g_row[row-1].g_column[column].chain;
        assign sum_in = g_row[row-1].g_column[column].sum;
      end
      pe_stationary #(.ROWS(ROWS), .ROW(row), .DOUBLE_BUFFERED(DOUBLE_BUFFERED)) pe (
          .clock, .reset, .valid_in, .first_in, .operand_in, .valid, .first, .operand,
          .load_mark_in, .chain_in, .load_mark, .chain, .sum_in, .sum
      );
    end
  end
endmodule
