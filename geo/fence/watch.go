package fence

import (
	"time"

	"iocwall/geo"
)

// Watch holds fences and the newest known position of every object. Its methods
// return the crossings in order of the fence's id, then the object's; nil when
// nothing happened. It must not be used from two goroutines at once.
type Watch struct{}

// New returns a Watch of the fences. A fence that cannot be watched is left out
// and named in the errors.
func New(fences []Fence) (*Watch, []error) { return &Watch{}, nil }

// Set adds a fence or replaces the one with its id, and says who is thereby
// inside, near, or no longer so. A fence that cannot be watched is an error and
// changes nothing.
func (w *Watch) Set(f Fence, now time.Time) ([]Crossing, error) { return nil, nil }

// Remove takes a fence away; everything that was inside or near has left it.
func (w *Watch) Remove(id string, now time.Time) []Crossing { return nil }

// Move tells where an object was at a time. A position that is older than the
// object's newest changes nothing that a newer one decided; one that is known
// already does nothing; one that is not valid is ignored.
func (w *Watch) Move(object string, at time.Time, pos geo.Point) []Crossing { return nil }

// Tick tells the time: a dwell may have passed without a new position, fences
// begin and end. Fences with a From are not watched before a Tick has reached
// it. Time that goes back does nothing.
func (w *Watch) Tick(now time.Time) []Crossing { return nil }

// Forget takes an object away; it has left every fence it was inside or near of.
func (w *Watch) Forget(object string, now time.Time) []Crossing { return nil }

// Restore puts an object back where it was known to be, as after a restart, and
// makes no crossings. Stays of fences that are not there are dropped.
func (w *Watch) Restore(object string, at time.Time, pos geo.Point, stays []Stay) {}

// Stays returns the fences the object is inside or near of, by fence id.
func (w *Watch) Stays(object string) []Stay { return nil }

// Inside returns the ids of the watched fences that hold p, sorted.
func (w *Watch) Inside(p geo.Point) []string { return nil }

// Near returns the watched fences whose edge or inside is at most meters from
// p, nearest first.
func (w *Watch) Near(p geo.Point, meters float64) []Distance { return nil }

// Len returns how many fences are held and how many objects are known.
func (w *Watch) Len() (fences, objects int) { return 0, 0 }
