// Moves the demo's utilities into the towns of a real map: node fit.mjs demo.json map-info.json > fitted.json
// The first municipalities take the parts of the invented three; crews' bases keep their distances
// around the middle of the road network.
import { readFileSync } from 'node:fs';

const [demo, map] = process.argv.slice(2, 4).map((path) => JSON.parse(readFileSync(path, 'utf8')));
const invented = ['Borgo Valdoro', 'Pontalto', 'Roccaspina'];
const real = map.municipality_names;
if (real.length === 0) console.error('fit: the map names no municipality: places are found by the utility chosen in the form');
const town = (name) => real[invented.indexOf(name)];

const bases = demo.utilities.flatMap((u) => u.crews.map((c) => c.base));
const mean = (key) => bases.reduce((sum, base) => sum + base[key], 0) / bases.length;
const middle = { lat: mean('lat'), lon: mean('lon') };
const reach = Math.min(1, ((map.north_east.lat - map.south_west.lat) / 2) / 0.03);

for (const utility of demo.utilities) {
  // A utility without a town of its own here, or with a hamlet only, serves nowhere: its crews still help the others.
  utility.areas = utility.areas
    .filter((area) => !area.place && town(area.municipality))
    .map((area) => ({ ...area, municipality: town(area.municipality) }));
  // Every other municipality belongs to the first utility and to the waste utility.
  if (utility.code === 'acque-valdoro' || utility.code === 'valdoro-ambiente')
    for (const name of real.slice(3)) utility.areas.push({ ...utility.areas[0], municipality: name });
  for (const { base } of utility.crews) {
    base.lat = map.centre.lat + (base.lat - middle.lat) * reach;
    base.lon = map.centre.lon + (base.lon - middle.lon) * reach;
  }
}
process.stdout.write(JSON.stringify(demo, null, 1) + '\n');
