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
    // GEMMs of these extents, one after the other without a gap, each with matrices of its own.
    parameter int REPEATS = 1,
    // Vectors that enter a row each cycle.
    parameter int LANES = 1,
    // Rows of weights that a column takes in each cycle: a load bus for each stretch of its rows.
    parameter int LOAD_ROWS_PER_CYCLE = 1,
    // Other values of these are deliberate faults that the comparison must catch.
    parameter int SKEW_STEP = 1,
    parameter bit LANES_TAKE_TURNS = 1,
    parameter int ENTRY_SKEW_STEP = 1,
    parameter int ENTRY_LATE = 0,
    parameter bit ENTER_BELOW_TOP = 1
) (
    input logic clock,
    input logic reset,
    // Sums that leave below, column by column.
    output logic [COLUMNS-1:0][LANES-1:0][31:0] bottom
);
  localparam int Across = INPUT_STATIONARY ? M : N;
  localparam int Vectors = INPUT_STATIONARY ? N : M;
  localparam int Waves = (Vectors + LANES - 1) / LANES;
  localparam int TilesDown = (K + ROWS - 1) / ROWS;
  localparam int TilesAcross = (Across + COLUMNS - 1) / COLUMNS;
  localparam int FoldsOfGemm = TilesDown * TilesAcross;
  // Rows of a stretch, the last of which may be shorter, and points where weights enter.
  localparam int LoadCycles = (ROWS + LOAD_ROWS_PER_CYCLE - 1) / LOAD_ROWS_PER_CYCLE;
  localparam int Entries = (ROWS + LoadCycles - 1) / LoadCycles;

  logic signed [7:0] a_memory[REPEATS*M*K];
  logic signed [7:0] b_memory[REPEATS*K*N];

  logic stream, stream_first, stream_last, load, load_mark;
  int stream_fold, stream_wave, load_fold, load_row;
  sequencer_stationary #(
      .LOAD_CYCLES(LoadCycles),
      .DOUBLE_BUFFERED(DOUBLE_BUFFERED),
      .FOLDS(REPEATS * FoldsOfGemm),
      .WAVES(Waves)
  ) sequencer (.*);

  // What the edges are offered, before the skew: {valid, first, operands} a row, {mark, weight} an entry of a column.
  localparam int LeftWidth = 2 + 8 * LANES;
  logic [ROWS-1:0][LeftWidth-1:0] left_flat, left;
  logic [Entries-1:0][COLUMNS-1:0][8:0] bus_flat, bus;

  // FoldsOfGemm is a multiple of TilesDown: the tile of K does not depend on the GEMM.
  wire [31:0] stream_repeat = stream_fold / FoldsOfGemm;
  wire [31:0] stream_k = (stream_fold % TilesDown) * ROWS;
  for (genvar row = 0; row < ROWS; row++) begin : g_left
    wire [31:0] k = stream_k + row;
    wire [LANES-1:0][7:0] operands;
    for (genvar lane = 0; lane < LANES; lane++) begin : g_lane
      wire [31:0] vector = LANES_TAKE_TURNS ? stream_wave * LANES + lane : lane * Waves + stream_wave;
      wire real_operand = stream && k < K && vector < Vectors;
      wire [31:0] a_address = (stream_repeat * M + vector) * K + k;
      wire [31:0] b_address = (stream_repeat * K + k) * N + vector;
      assign operands[lane] =
          !real_operand ? 8'd0 : INPUT_STATIONARY ? b_memory[b_address] : a_memory[a_address];
    end
    assign left_flat[row] = {stream, stream && stream_first, operands};
  end
  wire [31:0] load_repeat = load_fold / FoldsOfGemm;
  wire [31:0] load_k = (load_fold % TilesDown) * ROWS;
  wire [31:0] load_x = (load_fold % FoldsOfGemm / TilesDown) * COLUMNS;
  for (genvar entry = 0; entry < Entries; entry++) begin : g_entry
    wire [31:0] row = entry * LoadCycles + load_row;
    wire [31:0] k = load_k + row;
    for (genvar column = 0; column < COLUMNS; column++) begin : g_column
      wire [31:0] x = load_x + column;
      wire real_weight = load && row < ROWS && k < K && x < Across;
      wire [31:0] a_address = (load_repeat * M + x) * K + k;
      wire [31:0] b_address = (load_repeat * K + k) * N + x;
      wire [7:0] weight = !real_weight ? 8'd0 : INPUT_STATIONARY ? a_memory[a_address] : b_memory[b_address];
      assign bus_flat[entry][column] = {load && load_mark, weight};
    end
    localparam int Offset = entry * LoadCycles * ENTRY_SKEW_STEP + (entry == 0 ? 0 : ENTRY_LATE);
    skew #(.LANES(COLUMNS), .WIDTH(9), .OFFSET(Offset)) bus_skew (
        .clock, .reset, .in(bus_flat[entry]), .out(bus[entry])
    );
  end
  skew #(.LANES(ROWS), .WIDTH(LeftWidth), .STEP(SKEW_STEP)) left_skew (.clock, .reset, .in(left_flat), .out(left));

  for (genvar column = 0; column < COLUMNS; column++) begin : g_bottom
    assign bottom[column] = g_row[ROWS-1].g_column[column].sum;
  end
  for (genvar row = 0; row < ROWS; row++) begin : g_row
    for (genvar column = 0; column < COLUMNS; column++) begin : g_column
      wire valid_in, first_in, load_mark_in, valid, first, load_mark;
      wire [LANES-1:0][7:0] operand_in, operand;
      wire signed [7:0] chain_in, chain;
      wire [LANES-1:0][31:0] sum_in, sum;
      if (column == 0) begin : g_from_edge
        assign {valid_in, first_in, operand_in} = left[row];
      end else begin : g_from_left
        assign valid_in = g_row[row].g_column[column-1].valid;
        assign first_in = g_row[row].g_column[column-1].first;
        assign operand_in = g_row[row].g_column[column-1].operand;
      end
      if (row == 0 || (ENTER_BELOW_TOP && row % LoadCycles == 0)) begin : g_from_bus
        assign {load_mark_in, chain_in} = bus[row/LoadCycles][column];
      end else begin : g_from_row_above
        assign load_mark_in = g_row[row-1].g_column[column].load_mark;
        assign chain_in = g_row[row-1].g_column[column].chain;
      end
      if (row == 0) begin : g_from_top
        assign sum_in = '0;
      end else begin : g_from_above
        assign sum_in = g_row[row-1].g_column[column].sum;
      end
      pe_stationary #(
          .LOADS(LoadCycles - row % LoadCycles), .LANES(LANES), .DOUBLE_BUFFERED(DOUBLE_BUFFERED)
      ) pe (
          .clock, .reset, .valid_in, .first_in, .operand_in, .valid, .first, .operand,
          .load_mark_in, .chain_in, .load_mark, .chain, .sum_in, .sum
      );
    end
  end
endmodule
