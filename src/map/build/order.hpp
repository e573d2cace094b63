/* The hierarchy's sections of the image, once its roads are complete. */
#ifndef PRONTOD_MAP_ORDER_HPP
#define PRONTOD_MAP_ORDER_HPP

#include "compile.hpp"
#include "../drive/hierarchy.h"

namespace making {

void order_roads(image &out);

} // namespace making
#endif
