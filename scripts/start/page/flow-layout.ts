/** Where the outbox's picture has its parts, for the width that there is: side by side, or one below the other. */

export interface Box {
  x: number;
  y: number;
  width: number;
  height: number;
}

export interface Layout {
  height: number;
  is_wide: boolean;
  /** The board, with what is taken and what waits in it. */
  board: Box;
  taken: Box;
  waiting: Box;
  sending: Box;
  acknowledged: Box;
}

/** What a way goes along, from one box to the next. */
export interface Way {
  from: readonly [x: number, y: number];
  to: readonly [x: number, y: number];
}

/** Narrower than that the boxes stand below each other. */
const WIDE_PX = 480;
const MARGIN = 10;
/** For the board's name. */
const HEAD = 24;

/** `width` in pixels. */
export function layOut(width: number): Layout {
  return width >= WIDE_PX ? sideBySide(width) : below(width);
}

function sideBySide(width: number): Layout {
  const gap = Math.round(width * 0.05);
  // Their shares: 0.9, 1.3, 1.1 and 1.1.
  const unit = (width - 2 * MARGIN - 3 * gap - 2) / 4.4;
  const box = { y: HEAD + MARGIN, height: 104 };
  const taken = { ...box, x: MARGIN + 1, width: 0.9 * unit };
  const waiting = { ...box, x: taken.x + taken.width + gap, width: 1.3 * unit };
  const board = {
    x: 1,
    y: 1,
    width: waiting.x + waiting.width + MARGIN,
    height: box.y + box.height + MARGIN,
  };
  const sending = { x: board.x + board.width + gap, y: box.y + 18, width: 1.1 * unit, height: 68 };
  const acknowledged = { ...box, x: width - 1.1 * unit - 1, width: 1.1 * unit };
  return { height: board.height + 2, is_wide: true, board, taken, waiting, sending, acknowledged };
}

function below(width: number): Layout {
  const gap = 26;
  const inner = { x: MARGIN + 1, width: width - 2 * MARGIN - 2 };
  const taken = { ...inner, y: HEAD + MARGIN, height: 58 };
  const waiting = { ...inner, y: taken.y + 58 + gap, height: 84 };
  const board = { x: 1, y: 1, width: width - 2, height: waiting.y + 84 + MARGIN };
  const sending = { x: width * 0.2, width: width * 0.6, y: board.y + board.height + gap, height: 54 };
  const acknowledged = { ...inner, y: sending.y + 54 + gap, height: 58 };
  return { height: acknowledged.y + 60, is_wide: false, board, taken, waiting, sending, acknowledged };
}

/** The straight way between two boxes. */
export function wayBetween(from: Box, to: Box, is_wide: boolean): Way {
  if (!is_wide) {
    const x = from.x + from.width / 2;
    return { from: [x, from.y + from.height], to: [x, to.y] };
  }
  const y = from.y + from.height / 2;
  return { from: [from.x + from.width, y], to: [to.x, y] };
}
