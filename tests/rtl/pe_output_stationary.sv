// A processing element that holds a sum a lane (output-stationary). int8 factors, int32 sums.
// Each lane has an operand from the left; all lanes share the one from above.
module pe_output_stationary #(
    parameter int ROW = 0,
    parameter int LANES = 1,
    parameter bit DOUBLE_BUFFERED = 1
) (
    input  logic clock,
    input  logic reset,
    // From the left, to the right: a wave and its operands, one a lane.
    input  logic valid_in,
    input  logic first_in,
    input  logic last_in,
    input  logic [LANES-1:0][7:0] operand_in,
    output logic valid,
    output logic first,
    output logic last,
    output logic [LANES-1:0][7:0] operand,
    // From above, to below: the other operand.
    input  logic signed [7:0] weight_in,
    output logic signed [7:0] weight,
    // The bottom PE of the column has finished: the column shifts its sums out.
    input  logic drain,
    output logic finished,
    input  logic [LANES-1:0][31:0] chain_in,
    output logic [LANES-1:0][31:0] chain
);
  logic [LANES-1:0][31:0] sum;
  logic [LANES-1:0][31:0] shadow;
  logic [15:0] drains_left;

  wire [15:0] drains_now = drain ? 16'(ROW + 1) : drains_left;

  assign chain = DOUBLE_BUFFERED ? shadow : sum;

  always_ff @(posedge clock) begin
    if (reset) begin
      valid <= 0;
      first <= 0;
      last <= 0;
      operand <= 0;
      weight <= 0;
      finished <= 0;
      drains_left <= 0;
    end else begin
      valid <= valid_in;
      first <= first_in;
      last <= last_in;
      operand <= operand_in;
      weight <= weight_in;
      finished <= valid_in && last_in;
      drains_left <= drains_now == 0 ? 16'd0 : drains_now - 16'd1;
    end
  end

  for (genvar lane = 0; lane < LANES; lane++) begin : g_lane
    wire signed [7:0] factor = operand_in[lane];
    wire signed [31:0] product = 32'(factor) * 32'(weight_in);
    wire [31:0] sum_now = (first_in ? 32'd0 : sum[lane]) + product;
    always_ff @(posedge clock) begin
      if (reset) begin
        sum[lane] <= 0;
        shadow[lane] <= 0;
      end else begin
        if (valid_in) sum[lane] <= sum_now;
        else if (!DOUBLE_BUFFERED && drains_now != 0) sum[lane] <= chain_in[lane];
        if (DOUBLE_BUFFERED) begin
          if (valid_in && last_in) shadow[lane] <= sum_now;
          else if (drains_now != 0) shadow[lane] <= chain_in[lane];
        end
      end
    end
  end
endmodule
