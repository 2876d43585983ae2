package aivdm

import "time"

// NotAvailable stands for a speed, course or heading that was not given.
const NotAvailable = -1

// TurnNotAvailable stands for a rate of turn that was not given.
const TurnNotAvailable = -128

// Classes of transponder.
const (
	ClassA = "A" // large ships: types 1 to 3, 5, 27
	ClassB = "B" // small ones: types 18, 19, 24
)

// Message is a decoded message: *Position, *Extended, *Base, *Static, *Aid,
// *NamePart, *DetailPart or *Other.
type Message interface {
	// From returns the sender's MMSI and the message type, 1 to 27.
	From() (mmsi uint32, kind uint8)
}

// Header begins every message.
type Header struct {
	// Type is the message type of ITU-R M.1371, Repeat how often the message
	// was passed on, MMSI the sender.
	Type   uint8
	Repeat uint8
	MMSI   uint32
}

// From returns the sender's MMSI and the message type.
func (h *Header) From() (mmsi uint32, kind uint8) { return h.MMSI, h.Type }

// Position is a position report: types 1 to 3 (class A), 9 (rescue aircraft),
// 18 (class B) and 27 (class A heard by satellite).
type Position struct {
	Header
	// Lon and Lat in degrees of WGS 84, valid when Placed.
	Lon, Lat float64
	Placed   bool
	// Coarse says that they were sent in tenths of minutes (type 27).
	Coarse bool
	// Accurate says that they are good to 10 m.
	Accurate bool
	// Speed over ground in knots, Course over ground and Heading in degrees;
	// NotAvailable when not given. 102.2 knots means that or more.
	Speed, Course, Heading float64
	// Status is the navigational status, 15 when not given (7 = fishing).
	Status uint8
	// Turn is the rate of turn as sent: (Turn/4.733)² degrees a minute to
	// starboard, ±127 for more than 5° in 30 s, TurnNotAvailable when not given.
	Turn int16
	// Second is the second of UTC the position was taken, 60 and above when
	// not given.
	Second uint8
	// Maneuver is 1 or 2 without or with a special manoeuvre, RAIM whether the
	// receiver checks its own integrity.
	Maneuver uint8
	RAIM     bool
	// Class is ClassA, ClassB or empty.
	Class string
}

// Dimensions are the distances from the antenna to the ends of the ship, metres.
type Dimensions struct {
	Bow, Stern, Port, Starboard uint16
}

// Extended is the long position report of class B (type 19).
type Extended struct {
	Position
	Name     string
	ShipType uint8
	Dimensions
	// Fix is the kind of positioning device (1 = GPS).
	Fix uint8
}

// Base is what a shore station says of itself: types 4 and 11.
type Base struct {
	Header
	Lon, Lat float64
	Placed   bool
	Accurate bool
	// Clock is the UTC it sends, zero when it sends none or an impossible one.
	Clock time.Time
	Fix   uint8
	RAIM  bool
}

// Static is what a class A ship says of itself and its voyage (type 5).
type Static struct {
	Header
	Version  uint8
	IMO      uint32
	CallSign string
	Name     string
	ShipType uint8
	Dimensions
	Fix uint8
	// ETA as the crew entered it, in UTC; Month and Day 0, Hour 24 and Minute
	// 60 when not given.
	Month, Day, Hour, Minute uint8
	// Draught in metres, 0 when not given; 25.5 means that or more.
	Draught     float64
	Destination string
	// NoTerminal says that no data terminal is there (the DTE bit).
	NoTerminal bool
}

// NamePart is part A of a class B ship's static data (type 24).
type NamePart struct {
	Header
	Name string
}

// DetailPart is part B of a class B ship's static data (type 24).
type DetailPart struct {
	Header
	ShipType uint8
	// Vendor, Model and Serial name the device.
	Vendor   string
	Model    uint8
	Serial   uint32
	CallSign string
	Dimensions
	// Mothership is sent instead of the dimensions by auxiliary craft (MMSI
	// 98XXXYYYY), zero by others.
	Mothership uint32
}

// Auxiliary tells whether the MMSI is that of a craft that belongs to a ship.
func Auxiliary(mmsi uint32) bool { return mmsi/10_000_000 == 98 }

// Aid is an aid to navigation: a buoy, a light, a beacon (type 21).
type Aid struct {
	Header
	// Kind is the kind of aid of ITU-R M.1371 table 74.
	Kind     uint8
	Name     string
	Lon, Lat float64
	Placed   bool
	Accurate bool
	Dimensions
	Fix    uint8
	Second uint8
	// OffPosition says that a floating aid has left its place; only so when
	// Second is below 60.
	OffPosition bool
	RAIM        bool
	// Virtual says that the aid exists on charts only.
	Virtual bool
}

// Other is an intact message of a type that is not decoded here.
type Other struct {
	Header
}
