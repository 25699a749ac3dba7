// The triangle of registers at an edge: lane i leaves OFFSET + i * STEP cycles after it came.
// STEP is 1; another value is a deliberate fault that the comparison must catch.
module skew #(
    parameter int LANES = 4,
    parameter int WIDTH = 8,
    parameter int STEP = 1,
    parameter int OFFSET = 0
) (
    input  logic clock,
    input  logic reset,
    input  logic [LANES-1:0][WIDTH-1:0] in,
    output logic [LANES-1:0][WIDTH-1:0] out
);
  for (genvar lane = 0; lane < LANES; lane++) begin : g_lane
    localparam int Delay = OFFSET + lane * STEP;
    if (Delay == 0) begin : g_wire
      assign out[lane] = in[lane];
    end else begin : g_registers
      logic [Delay-1:0][WIDTH-1:0] held;
      assign out[lane] = held[Delay-1];
      always_ff @(posedge clock) begin
        if (reset) held <= '0;
        else held <= (Delay * WIDTH)'({held, in[lane]});
      end
    end
  end
endmodule
