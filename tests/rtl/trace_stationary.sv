// Runs array_stationary for CYCLES clock edges and prints every register of every PE after each.
module trace_stationary;
  parameter int ROWS = 4;
  parameter int COLUMNS = 4;
  parameter bit DOUBLE_BUFFERED = 1;
  parameter bit INPUT_STATIONARY = 0;
  parameter int M = 4;
  parameter int K = 4;
  parameter int N = 4;
  parameter int REPEATS = 1;
  parameter int LANES = 1;
  parameter int LOAD_ROWS_PER_CYCLE = 1;
  parameter int SKEW_STEP = 1;
  parameter bit LANES_TAKE_TURNS = 1;
  parameter int ENTRY_SKEW_STEP = 1;
  parameter int ENTRY_LATE = 0;
  parameter bit ENTER_BELOW_TOP = 1;
  parameter int CYCLES = 1;

  logic clock = 0;
  logic reset = 1;
  array_stationary #(
      .ROWS(ROWS), .COLUMNS(COLUMNS), .DOUBLE_BUFFERED(DOUBLE_BUFFERED),
      .INPUT_STATIONARY(INPUT_STATIONARY), .M(M), .K(K), .N(N),
      .REPEATS(REPEATS), .LANES(LANES), .LOAD_ROWS_PER_CYCLE(LOAD_ROWS_PER_CYCLE),
      .SKEW_STEP(SKEW_STEP), .LANES_TAKE_TURNS(LANES_TAKE_TURNS),
      .ENTRY_SKEW_STEP(ENTRY_SKEW_STEP), .ENTRY_LATE(ENTRY_LATE), .ENTER_BELOW_TOP(ENTER_BELOW_TOP)
  ) array (
      .clock, .reset, .bottom()
  );

  string a_file, b_file;
  logic print = 0;

  // One line a cycle, one "valid operand weight shadow sum" a PE and lane, row by row.
  for (genvar row = 0; row < ROWS; row++) begin : g_row
    for (genvar column = 0; column < COLUMNS; column++) begin : g_column
      for (genvar lane = 0; lane < LANES; lane++) begin : g_lane
        wire signed [7:0] operand = array.g_row[row].g_column[column].pe.operand[lane];
        wire signed [31:0] shadow = array.g_row[row].g_column[column].pe.shadow;
        wire signed [31:0] sum = array.g_row[row].g_column[column].pe.sum[lane];
        initial begin
          forever begin
            @(posedge print);
            #((row * COLUMNS + column) * LANES + lane);
            $write("%0d %0d %0d %0d %0d;", array.g_row[row].g_column[column].pe.valid, operand,
                   array.g_row[row].g_column[column].pe.weight, shadow, sum);
          end
        end
      end
    end
  end

  initial begin
    if (!$value$plusargs("a=%s", a_file) || !$value$plusargs("b=%s", b_file)) $finish;
    $readmemh(a_file, array.a_memory, 0, REPEATS * M * K - 1);
    $readmemh(b_file, array.b_memory, 0, REPEATS * K * N - 1);
    #1 clock = 1;
    #1 clock = 0;
    reset = 0;
    repeat (CYCLES) begin
      #1 clock = 1;
      #1 print = 1;
      #(ROWS * COLUMNS * LANES) $write("\n");
      print = 0;
      clock = 0;
    end
    $finish;
  end
endmodule
