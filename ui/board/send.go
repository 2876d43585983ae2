package board

import (
	"strconv"
	"time"

	"iocwall/server/act"
	"iocwall/server/world"
	"iocwall/ui/words"
)

// itoa is a number of a screen as text.
func itoa(n int) string { return strconv.Itoa(n) }

// catchUp is how long a change waits for the state to hold the one before it.
const catchUp = 4 * time.Second

// job is a change of the scene that is to be sent.
type job struct {
	change func([]world.Tile) []world.Tile
	said   string
	// judged says why it cannot be any more; nil for what can always be.
	judged func(w world.Wall, tiles []world.Tile) Verdict
	again  bool // it was sent before, and another change came first
	undoes bool
}

// sending is what of the changes is on its way: one at a time, each made from the
// scene as it is then.
type sending struct {
	jobs  []job
	busy  bool
	scene string
	after int // the version the state must hold before the next one
	until time.Time
}

// do makes a change, and remembers how it is taken back.
func (b *Board) do(e Edit, said string) {
	b.push(job{
		said: said,
		change: func(tiles []world.Tile) []world.Tile {
			w, _, _, _ := b.d.Wall()
			out, _, _ := e.Apply(w.WallDefined, tiles)
			return out
		},
		judged: func(w world.Wall, tiles []world.Tile) Verdict {
			return Judge(b.env.Lang, b.d.State(), w, tiles, e, b.d.ServerTime(b.d.Now()))
		},
	})
}

func (b *Board) push(j job) {
	b.next.jobs = append(b.next.jobs, j)
	b.pump()
}

// pump sends the next change when the one before it is in the state.
func (b *Board) pump() {
	n := &b.next
	if n.busy || len(n.jobs) == 0 {
		return
	}
	w, sc, _, ok := b.d.Wall()
	if !ok {
		n.jobs = nil
		return
	}
	if sc.ID == n.scene && sc.Version < n.after && b.d.Now().Before(n.until) {
		return
	}
	j := n.jobs[0]
	n.jobs = n.jobs[1:]
	if j.again && j.judged != nil {
		if v := j.judged(w, sc.Tiles); v.Refused {
			b.d.Say(world.Warning, b.env.Lang.T("board.refused", "what", j.said, "reason", lower(v.Title)))
			b.pump()
			return
		}
	}
	b.send(j, sc.SceneSaved)
}

// send asks for the scene with a change.
func (b *Board) send(j job, sc world.SceneSaved) {
	next := sc
	next.Tiles = j.change(sc.Tiles)
	if Equal(next.Tiles, sc.Tiles) {
		b.pump()
		return
	}
	b.next.busy = true
	b.d.Ask(act.SaveScene{Scene: next}, func(r world.Receipt) {
		b.next.busy = false
		b.answered(j, sc, next, r)
		b.pump()
	})
}

// answered takes the server's answer. Where another change came first, this one is
// made again from the scene as it is then, once.
func (b *Board) answered(j job, was, is world.SceneSaved, r world.Receipt) {
	l := b.env.Lang
	_, sc, _, _ := b.d.Wall()
	first := sc.ID == was.ID && sc.Version != was.Version || r.Code == "changed" || r.Code == "removed"
	switch {
	case r.OK:
		b.next.scene, b.next.after, b.next.until = was.ID, was.Version+1, b.d.Now().Add(catchUp)
		if !j.undoes {
			b.d.Did(j.said, func() { b.undo(was.ID, j.said, was.Tiles, is.Tiles) })
		} else {
			b.d.Say(world.Notice, l.T("board.undone", "what", words.Small(j.said)))
		}
	case first && !j.again:
		who := sc.By
		if sc.Version == was.Version || who == "" {
			who = l.T("board.somebody")
		}
		b.d.Say(world.Notice, l.T("board.again", "who", who, "what", j.said))
		j.again = true
		b.next.scene, b.next.after, b.next.until = was.ID, was.Version+1, b.d.Now().Add(catchUp)
		b.next.jobs = append([]job{j}, b.next.jobs...)
	case first:
		b.d.Say(world.Warning, l.T("board.conflict", "what", j.said))
	default:
		b.d.Say(world.Warning, l.T("board.refused", "what", j.said, "reason", r.Reason))
	}
}

// undo takes a change back, of what others have not changed since.
func (b *Board) undo(scene, said string, was, is []world.Tile) {
	_, sc, _, ok := b.d.Wall()
	if !ok || sc.ID != scene {
		b.d.Say(world.Notice, b.env.Lang.T("board.otherscene", "what", said))
		return
	}
	b.push(job{said: said, undoes: true, change: func(tiles []world.Tile) []world.Tile { return Undo(tiles, was, is) }})
}
