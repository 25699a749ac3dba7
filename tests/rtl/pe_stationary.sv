// A processing element that holds a weight (weight- and input-stationary). int8 factors, int32 sums.
// Each lane has an operand and a sum of its own; all lanes share the weight.
module pe_stationary #(
    // Weights that pass in a load: its own, and one for each row below it in its stretch.
    parameter int LOADS = 1,
    parameter int LANES = 1,
    parameter bit DOUBLE_BUFFERED = 1
) (
    input  logic clock,
    input  logic reset,
    // From the left, to the right: a wave and its operands, one a lane.
    input  logic valid_in,
    input  logic first_in,
    input  logic [LANES-1:0][7:0] operand_in,
    output logic valid,
    output logic first,
    output logic [LANES-1:0][7:0] operand,
    // From above or a load bus, to below: weights on their way, and the mark that starts a load.
    input  logic load_mark_in,
    input  logic signed [7:0] chain_in,
    output logic load_mark,
    output logic signed [7:0] chain,
    // From above, to below: the partial sums, one a lane.
    input  logic [LANES-1:0][31:0] sum_in,
    output logic [LANES-1:0][31:0] sum
);
  logic signed [7:0] weight;
  logic signed [7:0] shadow;
  logic [15:0] loads_left;

  wire [15:0] loads_now = load_mark_in ? 16'(LOADS) : loads_left;
  wire signed [7:0] weight_now = (DOUBLE_BUFFERED && valid_in && first_in) ? shadow : weight;

  assign chain = DOUBLE_BUFFERED ? shadow : weight;

  always_ff @(posedge clock) begin
    if (reset) begin
      valid <= 0;
      first <= 0;
      operand <= 0;
      load_mark <= 0;
      loads_left <= 0;
      weight <= 0;
      shadow <= 0;
    end else begin
      valid <= valid_in;
      first <= first_in;
      operand <= operand_in;
      load_mark <= load_mark_in;
      loads_left <= loads_now == 0 ? 16'd0 : loads_now - 16'd1;
      if (DOUBLE_BUFFERED) begin
        weight <= weight_now;
        if (loads_now != 0) shadow <= chain_in;
      end else if (loads_now != 0) begin
        weight <= chain_in;
      end
    end
  end

  for (genvar lane = 0; lane < LANES; lane++) begin : g_lane
    wire signed [7:0] factor = operand_in[lane];
    wire signed [31:0] product = 32'(factor) * 32'(weight_now);
    always_ff @(posedge clock) begin
      if (reset || !valid_in) sum[lane] <= 0;
      else sum[lane] <= sum_in[lane] + product;
    end
  end
endmodule
