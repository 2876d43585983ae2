package geo

import "github.com/tidwall/rtree"

// Index finds the areas that hold a point. The zero Index is empty and ready.
// It may be read from many goroutines; Add must not run beside anything else.
type Index[T any] struct {
	tree rtree.RTreeG[indexed[T]]
}

type indexed[T any] struct {
	area  *Prepared
	value T
}

// Add puts an area in the index under a value. An empty area is never found.
func (x *Index[T]) Add(area *Prepared, value T) {
	if area.Empty() {
		return
	}
	b := area.Bounds()
	x.tree.Insert(b.Min, b.Max, indexed[T]{area, value})
}

// Len returns the number of areas in the index.
func (x *Index[T]) Len() int { return x.tree.Len() }

// At calls found for every area that holds p until found returns false. The
// order is not defined.
func (x *Index[T]) At(p Point, found func(T) bool) {
	x.tree.Search(p, p, func(_, _ [2]float64, it indexed[T]) bool {
		if !it.area.Contains(p) {
			return true
		}
		return found(it.value)
	})
}

// Overlapping calls found for every area whose box overlaps b until found
// returns false.
func (x *Index[T]) Overlapping(b Bounds, found func(T) bool) {
	x.tree.Search(b.Min, b.Max, func(_, _ [2]float64, it indexed[T]) bool { return found(it.value) })
}
