package topology

import (
	"container/heap"
	"math"

	"iocwall/geo"
)

// weigh returns for each corner of a line the area, in the square of the world's
// width, at which it is left out (Visvalingam): that of its triangle with its
// neighbours when it is the smallest of all, but not less than those before.
func weigh(line []geo.Point) []float64 {
	n := len(line)
	w := &weighing{at: make([][2]float64, n), weights: make([]float64, n), before: make([]int, n), after: make([]int, n), place: make([]int, n)}
	for i, p := range line {
		x, y := geo.Project(p)
		w.at[i] = [2]float64{x, y}
		w.before[i], w.after[i] = i-1, i+1
	}
	w.weights[0], w.weights[n-1] = math.Inf(1), math.Inf(1)
	for i := 1; i < n-1; i++ {
		w.weights[i] = w.triangle(i)
		w.place[i] = len(w.queue)
		w.queue = append(w.queue, i)
	}
	heap.Init(w)
	least := 0.0
	for w.Len() > 0 {
		i := heap.Pop(w).(int)
		least = max(least, w.weights[i])
		w.weights[i] = least
		a, b := w.before[i], w.after[i]
		w.after[a], w.before[b] = b, a
		for _, k := range [2]int{a, b} {
			if k > 0 && k < n-1 {
				w.weights[k] = w.triangle(k)
				heap.Fix(w, w.place[k])
			}
		}
	}
	return w.weights
}

// weighing is a queue of corners, the lightest first.
type weighing struct {
	at            [][2]float64
	weights       []float64
	before, after []int
	queue, place  []int
}

func (w *weighing) triangle(i int) float64 {
	a, b, c := w.at[w.before[i]], w.at[i], w.at[w.after[i]]
	return math.Abs((b[0]-a[0])*(c[1]-a[1])-(c[0]-a[0])*(b[1]-a[1])) / 2
}

// Len, Less, Swap, Push and Pop are those of a heap.
func (w *weighing) Len() int { return len(w.queue) }

func (w *weighing) Less(i, j int) bool {
	a, b := w.queue[i], w.queue[j]
	if w.weights[a] != w.weights[b] {
		return w.weights[a] < w.weights[b]
	}
	return a < b
}

func (w *weighing) Swap(i, j int) {
	w.queue[i], w.queue[j] = w.queue[j], w.queue[i]
	w.place[w.queue[i]], w.place[w.queue[j]] = i, j
}

func (w *weighing) Push(any) {}

func (w *weighing) Pop() any {
	last := w.queue[len(w.queue)-1]
	w.queue = w.queue[:len(w.queue)-1]
	return last
}

// pinned returns how many corners between the ends of some arcs are kept always.
func (t *Topology) pinned(ring []int32) (count int) {
	for _, n := range ring {
		for _, w := range t.arcs[max(n, ^n)].weights {
			if math.IsInf(w, 1) {
				count++
			}
		}
		count -= 2
	}
	return count
}

// pinHeaviest keeps the corner that would be left out last among those of some
// arcs that are not kept yet.
func (t *Topology) pinHeaviest(ring []int32) {
	heaviest, arc, at := -1.0, -1, -1
	for _, n := range ring {
		n = max(n, ^n)
		for i, w := range t.arcs[n].weights {
			if w > heaviest && !math.IsInf(w, 1) {
				heaviest, arc, at = w, int(n), i
			}
		}
	}
	if arc >= 0 {
		t.arcs[arc].weights[at] = math.Inf(1)
	}
}
