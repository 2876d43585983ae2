package aivdm

import (
	"errors"
	"fmt"
	"math"
	"strings"
	"time"

	"github.com/BertoldVdb/go-ais"
)

// Decoder turns packets into messages. One Decoder serves one connection.
type Decoder struct {
	codec *ais.Codec
	buf   []byte
}

// NewDecoder returns a Decoder.
func NewDecoder() *Decoder {
	// Raw numbers are asked for and scaled here, so that equal bits give equal
	// values on every machine and nothing is rounded twice.
	c := ais.CodecNewFast(false, false, true)
	c.FloatWithoutConversion = true
	return &Decoder{codec: c}
}

// lengths holds, by type, the fewest bits that still have every field used here
// (receivers and transmitters cut off what follows) and the length by the
// standard, to which the message is filled up with zeroes.
var lengths = map[byte]struct{ least, full int }{
	1: {149, 168}, 2: {149, 168}, 3: {149, 168}, 4: {149, 168}, 9: {149, 168}, 11: {149, 168}, 18: {148, 168},
	5:  {420, 424}, // 420 and 422 are seen
	19: {306, 312},
	21: {270, 272},
	24: {160, 168},
	27: {94, 96},
}

// Decode decodes a packet. The error says why no message can be in it; types
// that are not used here give *Other. The message does not share memory with bits.
func (d *Decoder) Decode(bits []byte) (Message, error) {
	if len(bits) == 0 {
		return nil, errors.New("aivdm: an empty message")
	}
	if len(bits) < 38 {
		return nil, fmt.Errorf("aivdm: a message of %d bits; the header alone has 38", len(bits))
	}
	h := Header{Type: uint8(number(bits, 0, 6)), Repeat: uint8(number(bits, 6, 2)), MMSI: number(bits, 8, 30)}
	if h.Type < 1 || h.Type > 27 {
		return nil, fmt.Errorf("aivdm: there is no message type %d", h.Type)
	}
	if h.MMSI == 0 || h.MMSI > 999_999_999 {
		return nil, fmt.Errorf("aivdm: %d is no MMSI", h.MMSI)
	}
	switch h.Type {
	case 1, 2, 3, 4, 5, 9, 11, 18, 19, 21, 24, 27:
	default:
		return &Other{h}, nil
	}
	if h.Type == 24 && len(bits) >= 40 && number(bits, 38, 2) > 1 {
		return &Other{h}, nil // parts C and D are reserved
	}
	bits, err := d.pad(h.Type, bits)
	if err != nil {
		return nil, err
	}
	p := d.codec.DecodePacket(bits)
	if p == nil {
		return nil, fmt.Errorf("aivdm: %d bits are too few for a message of type %d", len(bits), h.Type)
	}
	return message(h, p)
}

// pad fills up what some transmitters leave out at the end.
func (d *Decoder) pad(kind byte, bits []byte) ([]byte, error) {
	l, ok := lengths[kind]
	if !ok || len(bits) >= l.full {
		return bits, nil
	}
	if len(bits) < l.least {
		return nil, fmt.Errorf("aivdm: %d bits are too few for a message of type %d", len(bits), kind)
	}
	d.buf = append(d.buf[:0], bits...)
	for len(d.buf) < l.full {
		d.buf = append(d.buf, 0)
	}
	return d.buf, nil
}

func number(bits []byte, at, width int) uint32 {
	var n uint32
	for _, b := range bits[at : at+width] {
		n = n<<1 | uint32(b)
	}
	return n
}

func message(h Header, p ais.Packet) (Message, error) {
	switch p := p.(type) {
	case ais.PositionReport:
		m := position(h, ClassA, p.Sog, p.Cog, p.TrueHeading)
		m.Status, m.Turn, m.Maneuver = p.NavigationalStatus, p.RateOfTurn, p.SpecialManoeuvreIndicator
		m.Accurate, m.Second, m.RAIM = p.PositionAccuracy, p.Timestamp, p.Raim
		return &m, m.place(float64(p.Longitude), float64(p.Latitude), fine)
	case ais.StandardClassBPositionReport:
		m := position(h, ClassB, p.Sog, p.Cog, p.TrueHeading)
		m.Accurate, m.Second, m.RAIM = p.PositionAccuracy, p.Timestamp, p.Raim
		return &m, m.place(float64(p.Longitude), float64(p.Latitude), fine)
	case ais.ExtendedClassBPositionReport:
		m := Extended{Position: position(h, ClassB, p.Sog, p.Cog, p.TrueHeading)}
		m.Accurate, m.Second, m.RAIM = p.PositionAccuracy, p.Timestamp, p.Raim
		m.Name, m.ShipType, m.Dimensions, m.Fix = text(p.Name), p.Type, dimensions(p.Dimension), p.FixType
		return &m, m.place(float64(p.Longitude), float64(p.Latitude), fine)
	case ais.StandardSearchAndRescueAircraftReport:
		m := position(h, "", ais.Field10(p.Sog)*10, p.Cog, 511)
		m.Accurate, m.Second, m.RAIM = p.PositionAccuracy, p.Timestamp, p.Raim
		if p.Sog == 1023 {
			m.Speed = NotAvailable
		}
		return &m, m.place(float64(p.Longitude), float64(p.Latitude), fine)
	case ais.LongRangeAisBroadcastMessage:
		m := longRange(h, &p)
		return m, m.place(float64(p.Longitude), float64(p.Latitude), coarse)
	case ais.BaseStationReport:
		return base(h, &p)
	case ais.ShipStaticData:
		return static(h, &p), nil
	case ais.AidsToNavigationReport:
		return aid(h, &p)
	case ais.StaticDataReport:
		return part(h, &p)
	}
	return nil, fmt.Errorf("aivdm: type %d was decoded as %T", h.Type, p)
}

// Units of longitude and latitude in a degree.
const (
	fine   = 600_000 // ten-thousandths of minutes
	coarse = 600     // tenths of minutes
)

func position(h Header, class string, speed, course ais.Field10, heading uint16) Position {
	m := Position{Header: h, Class: class, Status: 15, Turn: TurnNotAvailable, Speed: NotAvailable, Course: NotAvailable, Heading: NotAvailable}
	if speed != 1023 {
		m.Speed = float64(speed) / 10
	}
	if course < 3600 {
		m.Course = float64(course) / 10
	}
	if heading < 360 {
		m.Heading = float64(heading)
	}
	return m
}

func longRange(h Header, p *ais.LongRangeAisBroadcastMessage) *Position {
	m := position(h, ClassA, 1023, 3600, 511)
	m.Coarse, m.Status, m.Second = true, p.NavigationalStatus, 60
	m.Accurate, m.RAIM = p.PositionAccuracy, p.Raim
	if p.Sog != 63 {
		m.Speed = float64(p.Sog)
	}
	if p.Cog < 360 {
		m.Course = float64(p.Cog)
	}
	return &m
}

func (m *Position) place(lon, lat, unit float64) (err error) {
	m.Lon, m.Lat, m.Placed, err = place(lon, lat, unit)
	return err
}

// place returns a position in degrees, or that none was given. Longitude 181 or
// latitude 91 mean that there is none; beyond that, the message is damaged.
func place(lon, lat, unit float64) (float64, float64, bool, error) {
	if lon == 181*unit || lat == 91*unit {
		return 0, 0, false, nil
	}
	lon, lat = lon/unit, lat/unit
	if math.Abs(lon) > 180 || math.Abs(lat) > 90 {
		return 0, 0, false, fmt.Errorf("aivdm: longitude %.4f, latitude %.4f is nowhere on earth", lon, lat)
	}
	return lon, lat, true, nil
}

func dimensions(d ais.FieldDimension) Dimensions {
	return Dimensions{d.A, d.B, uint16(d.C), uint16(d.D)}
}

// text ends at the first "@" and loses the blanks around it.
func text(s string) string {
	s, _, _ = strings.Cut(s, "@")
	return strings.TrimSpace(s)
}

func base(h Header, p *ais.BaseStationReport) (Message, error) {
	m := &Base{Header: h, Accurate: p.PositionAccuracy, Fix: p.FixType, RAIM: p.Raim}
	at := time.Date(int(p.UtcYear), time.Month(p.UtcMonth), int(p.UtcDay), int(p.UtcHour), int(p.UtcMinute), int(p.UtcSecond), 0, time.UTC)
	// A date that does not exist comes out as another one.
	if p.UtcYear > 0 && at.Month() == time.Month(p.UtcMonth) && at.Day() == int(p.UtcDay) && at.Hour() == int(p.UtcHour) && p.UtcMinute < 60 && p.UtcSecond < 60 {
		m.Clock = at
	}
	var err error
	m.Lon, m.Lat, m.Placed, err = place(float64(p.Longitude), float64(p.Latitude), fine)
	return m, err
}

func static(h Header, p *ais.ShipStaticData) *Static {
	return &Static{
		Header: h, Version: p.AisVersion, IMO: p.ImoNumber, CallSign: text(p.CallSign), Name: text(p.Name),
		ShipType: p.Type, Dimensions: dimensions(p.Dimension), Fix: p.FixType,
		Month: p.Eta.Month, Day: p.Eta.Day, Hour: p.Eta.Hour, Minute: p.Eta.Minute,
		Draught: float64(p.MaximumStaticDraught) / 10, Destination: text(p.Destination), NoTerminal: p.Dte,
	}
}

func aid(h Header, p *ais.AidsToNavigationReport) (Message, error) {
	m := &Aid{
		Header: h, Kind: p.Type, Name: text(p.Name + p.NameExtension), Accurate: p.PositionAccuracy,
		Dimensions: dimensions(p.Dimension), Fix: p.Fixtype, Second: p.Timestamp,
		OffPosition: p.OffPosition && p.Timestamp < 60, RAIM: p.Raim, Virtual: p.VirtualAtoN,
	}
	var err error
	m.Lon, m.Lat, m.Placed, err = place(float64(p.Longitude), float64(p.Latitude), fine)
	return m, err
}

func part(h Header, p *ais.StaticDataReport) (Message, error) {
	if !p.PartNumber {
		return &NamePart{Header: h, Name: text(p.ReportA.Name)}, nil
	}
	b := &p.ReportB
	m := &DetailPart{
		Header: h, ShipType: b.ShipType, Vendor: text(b.VendorIDName), Model: b.VenderIDModel, Serial: b.VenderIDSerial, CallSign: text(b.CallSign),
	}
	if Auxiliary(h.MMSI) {
		d := b.Dimension
		m.Mothership = uint32(d.A)<<21 | uint32(d.B)<<12 | uint32(d.C)<<6 | uint32(d.D)
	} else {
		m.Dimensions = dimensions(b.Dimension)
	}
	return m, nil
}
