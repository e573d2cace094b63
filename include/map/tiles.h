/* What pages draw the map of. */
#ifndef PRONTOD_MAP_TILES_H
#define PRONTOD_MAP_TILES_H

#include "base/str.h"

#include <stdbool.h>

#ifdef __cplusplus
extern "C" {
#endif

struct map;

/* A Mapbox Vector Tile (version 2.1, extent 4096), uncompressed; false outside z 0-18 or the pyramid. Below
 * z 8 and where nothing is drawn it is empty. Layers, in drawing order, and their attributes:
 *   landuse     polygons  class: wood grass urban sand square parking pier
 *   water       polygons  the sea too, as far as two degrees and half the map's size beyond its roads
 *   waterway    lines     name; structure: tunnel bridge
 *   building    polygons  (z 14)
 *   boundary    lines     admin_level: 2-10
 *   railway     lines     class: train tram; structure
 *   road        lines     class: motorway trunk primary secondary tertiary minor service pedestrian track path
 *                         construction runway; name; ref ("A22"); link: true (a ramp); structure;
 *                         oneway: true, along the line (z 15)
 *   place       points    class: city town village hamlet suburb; name
 *   water_name  points    name
 *   poi         points    class: school hospital pharmacy; name (z 13-16)
 *   housenumber points    number (z 17)
 * Below z 14 lines of one look are joined and thinned, and what would be smaller than a few points is left out.
 * An attribute that is not known is missing. */
bool map_tile(const struct map *map, unsigned z, unsigned x, unsigned y, struct str *out);

#ifdef __cplusplus
}
#endif
#endif
