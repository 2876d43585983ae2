package draw

import "iocwall/geo/draw/hit"

// Hits is what one Draw drew and where. It never changes and may be read from
// any goroutine; a nil Hits holds nothing.
type Hits = hit.Hits

// Found is one thing that was drawn at a place.
type Found = hit.Found
