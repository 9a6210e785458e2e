/** Where the lines of a plain map stand: at round degrees, not too close. */

/** Between two lines, at least. */
const SPACING_PX = 110;
const ROUND = [1, 2, 5, 10];

/** The least round step, 1, 2 or 5 times a power of ten, that keeps lines apart. */
export function gridStep_deg(deg_per_px: number): number {
  const least = deg_per_px * SPACING_PX;
  const power = 10 ** Math.floor(Math.log10(least));
  return (ROUND.find((round) => round * power >= least) ?? 10) * power;
}

/** How many decimals tell two lines apart. */
export const gridDecimals = (step_deg: number): number =>
  Math.max(0, Math.ceil(-Math.log10(step_deg) - 1e-9));

/** The lines from `from` to `to`, both in degrees. */
export function gridLines(from: number, to: number, step_deg: number): number[] {
  const lines: number[] = [];
  for (let i = Math.ceil(from / step_deg); i * step_deg <= to; i++) lines.push(i * step_deg);
  return lines;
}
