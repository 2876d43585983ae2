package world

// PopupAsked asks for content in a zone of a wall for a while; asked again under
// the same id it replaces what it showed. It waits where zones are taken.
type PopupAsked struct {
	ID   string `cbor:"1,keyasint" json:"id"`
	Wall string `cbor:"2,keyasint" json:"wall"`
	// Zone is the zone it must have, empty for any.
	Zone  string `cbor:"3,keyasint,omitempty" json:"zone,omitempty"`
	Title string `cbor:"4,keyasint,omitempty" json:"title,omitempty"`
	// Tiles are what to show; the zone gives them their places.
	Tiles []Tile `cbor:"5,keyasint" json:"tiles"`
	// Priority is 0 to 100; the higher one has the zone.
	Priority int `cbor:"6,keyasint,omitempty" json:"priority,omitempty"`
	// Limit is how long it is shown, in milliseconds, zero until it is closed.
	Limit int64 `cbor:"7,keyasint,omitempty" json:"limit,omitempty"`
	// Alert is the alert it belongs to and ends with, empty for none.
	Alert string `cbor:"8,keyasint,omitempty" json:"alert,omitempty"`
	By    string `cbor:"9,keyasint,omitempty" json:"by,omitempty"`
	Why   string `cbor:"10,keyasint,omitempty" json:"why,omitempty"`
}

// Kind returns "popup.asked".
func (PopupAsked) Kind() string { return "popup.asked" }

// PopupPlaced gives a popup a zone, or, without one, puts it back among those that
// wait, since a more important one has come.
type PopupPlaced struct {
	ID   string `cbor:"1,keyasint" json:"id"`
	Zone string `cbor:"2,keyasint,omitempty" json:"zone,omitempty"`
}

// Kind returns "popup.placed".
func (PopupPlaced) Kind() string { return "popup.placed" }

// PopupClosed ends a popup; its zone shows again what it showed before.
type PopupClosed struct {
	ID string `cbor:"1,keyasint" json:"id"`
	By string `cbor:"2,keyasint,omitempty" json:"by,omitempty"`
	// Why is "limit", "resolved", "closed" or "replaced".
	Why string `cbor:"3,keyasint,omitempty" json:"why,omitempty"`
}

// Kind returns "popup.closed".
func (PopupClosed) Kind() string { return "popup.closed" }

// Popup is a popup that is shown or waits.
type Popup struct {
	everybodys
	PopupAsked
	Asked Time `cbor:"20,keyasint" json:"asked"`
	// Placed is the zone it has, empty while it waits; Since is when that began.
	Placed string `cbor:"21,keyasint,omitempty" json:"placed,omitempty"`
	Since  Time   `cbor:"22,keyasint" json:"since"`
}

// Ref returns the popup's name in the state.
func (p Popup) Ref() Ref { return NewRef(KindPopup, p.ID) }

// PopupName returns what a popup is about: its alert as it stands now, else its
// title, else its id.
func (s *State) PopupName(p Popup) string {
	if a, ok := s.alerts.Get(p.Alert); ok {
		return a.Title
	}
	if p.Title != "" {
		return p.Title
	}
	return p.ID
}

// TileLocked keeps a tile where it is, whatever scene comes and whatever pops up.
type TileLocked struct {
	Wall string `cbor:"1,keyasint" json:"wall"`
	Tile string `cbor:"2,keyasint" json:"tile"`
	// By is the token's id, Name what people call its owner.
	By   string `cbor:"3,keyasint" json:"by"`
	Name string `cbor:"4,keyasint" json:"name"`
	// Until is when it ends by itself, zero for never.
	Until Time   `cbor:"5,keyasint,omitempty" json:"until,omitempty"`
	Note  string `cbor:"6,keyasint,omitempty" json:"note,omitempty"`
}

// Kind returns "tile.locked".
func (TileLocked) Kind() string { return "tile.locked" }

// TileUnlocked ends a lock. Why is "limit" or "gone" when no person did it.
type TileUnlocked struct {
	Wall string `cbor:"1,keyasint" json:"wall"`
	Tile string `cbor:"2,keyasint" json:"tile"`
	By   string `cbor:"3,keyasint,omitempty" json:"by,omitempty"`
	Why  string `cbor:"4,keyasint,omitempty" json:"why,omitempty"`
}

// Kind returns "tile.unlocked".
func (TileUnlocked) Kind() string { return "tile.unlocked" }

// Lock is a tile that is locked.
type Lock struct {
	everybodys
	TileLocked
	Since Time `cbor:"20,keyasint" json:"since"`
}

// Ref returns the lock's name in the state.
func (l Lock) Ref() Ref { return NewRef(KindLock, lockID(l.Wall, l.Tile)) }

func lockID(wall, tile string) string { return wall + "/" + tile }

func (b PopupAsked) apply(s *State, e *Event) (Ref, Effect, error) {
	if b.ID == "" {
		return "", EffectNone, errNoID
	}
	p, there := s.popups.Get(b.ID)
	if !there {
		p.Asked, p.Since = e.Time, e.Time
	}
	p.PopupAsked = b
	s.popups.Put(b.ID, p)
	return p.Ref(), EffectPut, nil
}

func (b PopupPlaced) apply(s *State, e *Event) (Ref, Effect, error) {
	p, there := s.popups.Get(b.ID)
	if !there || p.Placed == b.Zone {
		return NewRef(KindPopup, b.ID), EffectNone, nil
	}
	p.Placed, p.Since = b.Zone, e.Time
	s.popups.Put(b.ID, p)
	return p.Ref(), EffectPut, nil
}

func (b PopupClosed) apply(s *State, _ *Event) (Ref, Effect, error) {
	if !s.popups.Remove(b.ID) {
		return NewRef(KindPopup, b.ID), EffectNone, nil
	}
	return NewRef(KindPopup, b.ID), EffectRemoved, nil
}

func (b TileLocked) apply(s *State, e *Event) (Ref, Effect, error) {
	if b.Wall == "" || b.Tile == "" {
		return "", EffectNone, errNoID
	}
	l := Lock{TileLocked: b, Since: e.Time}
	s.locks.Put(l.Ref().ID(), l)
	return l.Ref(), EffectPut, nil
}

func (b TileUnlocked) apply(s *State, _ *Event) (Ref, Effect, error) {
	ref := NewRef(KindLock, lockID(b.Wall, b.Tile))
	if !s.locks.Remove(ref.ID()) {
		return ref, EffectNone, nil
	}
	return ref, EffectRemoved, nil
}
