// The map's little pictures, drawn when MapLibre first wants one: nothing is fetched. Names: what, a dash, the palette:
// oneway, shield, school, hospital, pharmacy, and the hatching of closures (map-overlays.js).
import { closurePattern } from './map-overlays.js';
import { palettes } from './map-style.js';

const RATIO = 2; // pixels a point

const signs = {
  pharmacy: 'M9.5 5h5v4.5h4.5v5h-4.5v4.5h-5v-4.5h-4.5v-5h4.5z',
  hospital: 'M7 5h3.5v5.200h3v-5.200h3.5v14h-3.5v-5.600h-3v5.600h-3.5z',
  school: 'M12 5.5 21 10l-9 4.5L3 10zM6.5 13.300v3.200c1.5 2 9.500 2 11 0v-3.200L12 16z',
};

function canvas(width, height, draw) {
  const board = document.createElement('canvas');
  board.width = width * RATIO;
  board.height = height * RATIO;
  const pen = board.getContext('2d');
  pen.scale(RATIO, RATIO);
  draw(pen);
  return pen.getImageData(0, 0, board.width, board.height);
}

function rounded(pen, x, y, width, height, radius) {
  pen.beginPath();
  pen.moveTo(x + radius, y);
  pen.arcTo(x + width, y, x + width, y + height, radius);
  pen.arcTo(x + width, y + height, x, y + height, radius);
  pen.arcTo(x, y + height, x, y, radius);
  pen.arcTo(x, y, x + width, y, radius);
  pen.closePath();
}

// An arrow to the right, on a little of the ground's colour so that names of streets do not hide it.
const oneway = (c) => canvas(18, 9, (pen) => {
  const arrow = new Path2D('M1 4.5H14M10.5 1.5 14.5 4.5 10.5 7.5');
  pen.lineJoin = 'round';
  pen.lineWidth = 1.8;
  pen.strokeStyle = c.arrow;
  pen.stroke(arrow);
});

const shield = (c) => canvas(20, 16, (pen) => {
  rounded(pen, 1, 1, 18, 14, 3);
  pen.fillStyle = c.shield;
  pen.fill();
  pen.lineWidth = 1.5;
  pen.strokeStyle = c.shieldEdge;
  pen.stroke();
});

const sign = (c, path) => canvas(18, 18, (pen) => {
  rounded(pen, 0.5, 0.5, 17, 17, 5);
  pen.fillStyle = c.halo;
  pen.fill();
  rounded(pen, 1.5, 1.5, 15, 15, 4);
  pen.fillStyle = c.poi;
  pen.fill();
  pen.translate(3, 3);
  pen.scale(0.5, 0.5);
  pen.fillStyle = c.onPoi;
  pen.fill(new Path2D(path));
});

// { image, options } as MapLibre's addImage wants them, or null for a name that is none of ours.
export function picture(id) {
  const pattern = closurePattern(id);
  if (pattern) return { image: pattern, options: { pixelRatio: RATIO } };
  const [, what, palette] = /^(\w+)-(day|night)$/.exec(id) || [];
  const c = palettes[palette];
  if (what === 'oneway') return { image: oneway(c), options: { pixelRatio: RATIO } };
  if (what === 'shield') return { image: shield(c), options: { pixelRatio: RATIO, stretchX: [[10, 30]], stretchY: [[10, 22]], content: [6, 4, 34, 28] } };
  return signs[what] ? { image: sign(c, signs[what]), options: { pixelRatio: RATIO } } : null;
}
