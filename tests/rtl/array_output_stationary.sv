// Output-stationary array with its sequencer and operand memories.
module array_output_stationary #(
    parameter int ROWS = 4,
    parameter int COLUMNS = 4,
    parameter bit DOUBLE_BUFFERED = 1,
    parameter int M = 4,
    parameter int K = 4,
    parameter int N = 4,
    // GEMMs of these extents, one after the other without a gap, each with matrices of its own.
    parameter int REPEATS = 1,
    // Rows of A that enter a row of PEs each cycle.
    parameter int LANES = 1,
    // Other values of these two are deliberate faults that the comparison must catch.
    parameter int SKEW_STEP = 1,
    parameter bit LANES_TAKE_TURNS = 1
) (
    input logic clock,
    input logic reset,
    // Sums that leave below, column by column.
    output logic [COLUMNS-1:0][LANES-1:0][31:0] bottom
);
  localparam int TilesDown = (M + ROWS * LANES - 1) / (ROWS * LANES);
  localparam int TilesAcross = (N + COLUMNS - 1) / COLUMNS;
  localparam int FoldsOfGemm = TilesDown * TilesAcross;

  logic signed [7:0] a_memory[REPEATS*M*K];
  logic signed [7:0] b_memory[REPEATS*K*N];

  logic stream, stream_first, stream_last;
  int stream_fold, stream_wave;
  sequencer_output_stationary #(
      .ROWS(ROWS),
      .DOUBLE_BUFFERED(DOUBLE_BUFFERED),
      .FOLDS(REPEATS * FoldsOfGemm),
      .WAVES(K)
  ) sequencer (.*);

  // What the edges are offered, before the skew: {valid, first, last, operands} a row, an operand a column.
  localparam int LeftWidth = 3 + 8 * LANES;
  logic [ROWS-1:0][LeftWidth-1:0] left_flat, left;
  logic [COLUMNS-1:0][7:0] top_flat, top;

  wire [31:0] repeat_index = stream_fold / FoldsOfGemm;
  wire [31:0] tile_down = stream_fold % FoldsOfGemm / TilesAcross;
  // FoldsOfGemm is a multiple of TilesAcross: the tile of N does not depend on the GEMM.
  wire [31:0] tile_across = stream_fold % TilesAcross;
  for (genvar row = 0; row < ROWS; row++) begin : g_left
    wire [LANES-1:0][7:0] operands;
    for (genvar lane = 0; lane < LANES; lane++) begin : g_lane
      wire [31:0] m = LANES_TAKE_TURNS
          ? (tile_down * ROWS + row) * LANES + lane : (tile_down * LANES + lane) * ROWS + row;
      wire real_operand = stream && m < M;
      wire [31:0] address = (repeat_index * M + m) * K + stream_wave;
      assign operands[lane] = real_operand ? a_memory[address] : 8'd0;
    end
    assign left_flat[row] = {stream, stream && stream_first, stream && stream_last, operands};
  end
  for (genvar column = 0; column < COLUMNS; column++) begin : g_top
    wire [31:0] n = tile_across * COLUMNS + column;
    wire real_column = stream && n < N;
    wire [31:0] address = (repeat_index * K + stream_wave) * N + n;
    assign top_flat[column] = real_column ? b_memory[address] : 8'd0;
  end
  skew #(.LANES(ROWS), .WIDTH(LeftWidth), .STEP(SKEW_STEP)) left_skew (.clock, .reset, .in(left_flat), .out(left));
  skew #(.LANES(COLUMNS), .WIDTH(8)) top_skew (.clock, .reset, .in(top_flat), .out(top));

  for (genvar column = 0; column < COLUMNS; column++) begin : g_bottom
    assign bottom[column] = g_row[ROWS-1].g_column[column].chain;
  end
  for (genvar row = 0; row < ROWS; row++) begin : g_row
    for (genvar column = 0; column < COLUMNS; column++) begin : g_column
      wire valid_in, first_in, last_in, valid, first, last, drain, finished;
      wire [LANES-1:0][7:0] operand_in, operand;
      wire signed [7:0] weight_in, weight;
      wire [LANES-1:0][31:0] chain_in, chain;
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
        assign chain_in = '0;
      end else begin : g_from_above
        assign weight_in = g_row[row-1].g_column[column].weight;
        assign chain_in = g_row[row-1].g_column[column].chain;
      end
      pe_output_stationary #(
          .ROW(row), .LANES(LANES), .DOUBLE_BUFFERED(DOUBLE_BUFFERED)
      ) pe (
          .clock, .reset, .valid_in, .first_in, .last_in, .operand_in, .valid, .first, .last, .operand,
          .weight_in, .weight, .drain, .finished, .chain_in, .chain
      );
    end
  end
endmodule
