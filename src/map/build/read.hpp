/* One OpenStreetMap file into the collection. */
#ifndef PRONTOD_MAP_READ_HPP
#define PRONTOD_MAP_READ_HPP

#include <functional>
#include <string>

namespace making {

class collection;

/* Told how much is read, 0 to 1. */
using part_fn = std::function<void(double)>;

/* Can it be read, and is it not the file to be written? Asked of all before the work; throws why not. */
void try_input(const std::string &path, const std::string &output);
/* Throws what went wrong, with the file it went wrong in and what to do. */
void read_input(collection &all, const std::string &path, const part_fn &tell);

} // namespace making
#endif
