package world

// NodeEnrolled lets a computer of the wall in.
type NodeEnrolled struct {
	Node string `cbor:"1,keyasint" json:"node"`
	By   string `cbor:"2,keyasint,omitempty" json:"by,omitempty"`
}

// Kind returns "node.enrolled".
func (NodeEnrolled) Kind() string { return "node.enrolled" }

// NodeReported is a wall computer's own word, told when something of it changes
// and once a minute; where nothing changed, one in ten minutes is kept.
type NodeReported struct {
	Node    string `cbor:"1,keyasint" json:"node"`
	Version string `cbor:"2,keyasint,omitempty" json:"version,omitempty"`
	// Started is when its program started, Address where it connects from.
	Started  Time      `cbor:"3,keyasint,omitempty" json:"started,omitempty"`
	Monitors []Monitor `cbor:"4,keyasint,omitempty" json:"monitors,omitempty"`
	// Budget is what it can decode as measured, empty when it was not.
	Budget []Decoding `cbor:"5,keyasint,omitempty" json:"budget,omitempty"`
	// Pictures says in a line how it decodes and draws.
	Pictures string `cbor:"6,keyasint,omitempty" json:"pictures,omitempty"`
	// Memory is what the program holds in bytes, CPU the share of the computer
	// that it used over the last minute, 0 to 1.
	Memory int64   `cbor:"7,keyasint,omitempty" json:"memory,omitempty"`
	CPU    float64 `cbor:"8,keyasint,omitempty" json:"cpu,omitempty"`
	// Problems are what is wrong with it, in words for technicians.
	Problems []string `cbor:"9,keyasint,omitempty" json:"problems,omitempty"`
}

// Kind returns "node.reported".
func (NodeReported) Kind() string { return "node.reported" }

// Monitor is one output of a wall computer; pixels, and millimetres as the monitor
// says, zero when it does not.
type Monitor struct {
	Output string `cbor:"1,keyasint" json:"output"`
	X      int    `cbor:"2,keyasint,omitempty" json:"x"`
	Y      int    `cbor:"3,keyasint,omitempty" json:"y"`
	PxW    int    `cbor:"4,keyasint" json:"pxW"`
	PxH    int    `cbor:"5,keyasint" json:"pxH"`
	W      int    `cbor:"6,keyasint,omitempty" json:"w,omitempty"`
	H      int    `cbor:"7,keyasint,omitempty" json:"h,omitempty"`
}

// Decoding is how many streams of a kind a computer decodes and shows at full
// rate, doing nothing else.
type Decoding struct {
	Codec   string  `cbor:"1,keyasint" json:"codec"`
	Width   int     `cbor:"2,keyasint" json:"width"`
	Height  int     `cbor:"3,keyasint" json:"height"`
	FPS     float64 `cbor:"4,keyasint" json:"fps"`
	Streams float64 `cbor:"5,keyasint" json:"streams"`
}

// NodeLinked is the server's finding that a wall computer is there or lost.
type NodeLinked struct {
	Node   string `cbor:"1,keyasint" json:"node"`
	Up     bool   `cbor:"2,keyasint,omitempty" json:"up"`
	Reason string `cbor:"3,keyasint,omitempty" json:"reason,omitempty"`
}

// Kind returns "node.linked".
func (NodeLinked) Kind() string { return "node.linked" }

// TilesSeen is what the tiles on a wall computer's screens show, told when that
// changes and not more often than every two seconds.
type TilesSeen struct {
	Node       string     `cbor:"1,keyasint" json:"node"`
	Wall       string     `cbor:"2,keyasint" json:"wall"`
	Generation uint64     `cbor:"3,keyasint,omitempty" json:"generation,omitempty"`
	Tiles      []TileSeen `cbor:"4,keyasint,omitempty" json:"tiles,omitempty"`
}

// Kind returns "tiles.seen".
func (TilesSeen) Kind() string { return "tiles.seen" }

// TileSeen is how fresh one tile is.
type TileSeen struct {
	Tile string `cbor:"1,keyasint" json:"tile"`
	// State is "live", "late", "still", "old" or "broken"; Reason says more.
	State  string `cbor:"2,keyasint" json:"state"`
	Reason string `cbor:"3,keyasint,omitempty" json:"reason,omitempty"`
	// Since is when that began.
	Since Time `cbor:"4,keyasint,omitempty" json:"since,omitempty"`
}

// Node is a computer of the wall as last known.
type Node struct {
	everybodys
	NodeReported
	Reported Time `cbor:"20,keyasint,omitempty" json:"reported,omitempty"`
	// Up says that it is connected, Reason why not; Since is when that began.
	Up     bool   `cbor:"21,keyasint,omitempty" json:"up"`
	Since  Time   `cbor:"22,keyasint,omitempty" json:"since,omitempty"`
	Reason string `cbor:"23,keyasint,omitempty" json:"reason,omitempty"`
	// Enrolled is when it was let in, By whom.
	Enrolled Time      `cbor:"24,keyasint,omitempty" json:"enrolled,omitempty"`
	By       string    `cbor:"25,keyasint,omitempty" json:"by,omitempty"`
	Seen     TilesSeen `cbor:"26,keyasint" json:"seen"`
	SeenAt   Time      `cbor:"27,keyasint,omitempty" json:"seenAt,omitempty"`
}

// Ref returns the computer's name in the state.
func (n Node) Ref() Ref { return NewRef(KindNode, n.Node) }

// node returns the computer of that name, made if need be.
func (s *State) node(name string) (Node, error) {
	if name == "" {
		return Node{}, errNoID
	}
	n, _ := s.nodes.Get(name)
	n.Node = name
	return n, nil
}

func (s *State) putNode(n Node) (Ref, Effect, error) {
	s.nodes.Put(n.Node, n)
	return n.Ref(), EffectPut, nil
}

func (b NodeEnrolled) apply(s *State, e *Event) (Ref, Effect, error) {
	n, err := s.node(b.Node)
	if err != nil {
		return "", EffectNone, err
	}
	n.Enrolled, n.By = e.Time, b.By
	return s.putNode(n)
}

func (b NodeReported) apply(s *State, e *Event) (Ref, Effect, error) {
	n, err := s.node(b.Node)
	if err != nil {
		return "", EffectNone, err
	}
	n.NodeReported, n.Reported = b, e.Time
	return s.putNode(n)
}

func (b NodeLinked) apply(s *State, e *Event) (Ref, Effect, error) {
	n, err := s.node(b.Node)
	if err != nil {
		return "", EffectNone, err
	}
	if n.Up == b.Up && n.Since != 0 {
		return n.Ref(), EffectNone, nil
	}
	n.Up, n.Since, n.Reason = b.Up, e.Time, b.Reason
	return s.putNode(n)
}

func (b TilesSeen) apply(s *State, e *Event) (Ref, Effect, error) {
	n, err := s.node(b.Node)
	if err != nil {
		return "", EffectNone, err
	}
	n.Seen, n.SeenAt = b, e.Time
	return s.putNode(n)
}
