package aivdm

import (
	"errors"
	"fmt"
	"math"
	"strings"

	"github.com/BertoldVdb/go-ais"
)

// Encoder writes messages as sentences, as a receiver would send them. Its zero
// value is not usable; see NewEncoder.
type Encoder struct {
	codec    *ais.Codec
	talker   string
	channel  byte
	sequence byte
}

// maxPayload is the number of payload characters that keep a sentence within
// the 82 characters of NMEA 0183.
const maxPayload = 60

// NewEncoder returns an Encoder that speaks as talker ("AI") on a radio channel
// ('A' or 'B').
func NewEncoder(talker string, channel byte) (*Encoder, error) {
	if len(talker) != 2 || strings.Trim(talker, "ABCDEFGHIJKLMNOPQRSTUVWXYZ") != "" {
		return nil, fmt.Errorf("aivdm: a talker is two capital letters, not %q", talker)
	}
	if channel != 'A' && channel != 'B' {
		return nil, fmt.Errorf("aivdm: a channel is 'A' or 'B', not %q", channel)
	}
	c := ais.CodecNewFast(false, false, true)
	c.FloatWithoutConversion = true
	return &Encoder{codec: c, talker: talker, channel: channel}, nil
}

// Append appends the message to dst as one sentence or more, each ended by CR
// LF. It takes *Position (types 1 to 3, 18, 27), *Base (4), *Static (5), *Aid
// (21), *NamePart and *DetailPart (24). Text may hold capital letters, digits
// and the signs of ASCII below "`"; small letters become capitals. The error
// says which field does not fit.
func (e *Encoder) Append(dst []byte, m Message) ([]byte, error) {
	p, err := toPacket(m)
	if err != nil {
		return dst, err
	}
	bits := e.codec.EncodePacket(p)
	if bits == nil {
		mmsi, kind := m.From()
		return dst, fmt.Errorf("aivdm: message of type %d from %09d does not fit its fields", kind, mmsi)
	}
	return e.sentences(dst, bits), nil
}

// sentences appends bits as one or more sentences.
func (e *Encoder) sentences(dst, bits []byte) []byte {
	payload, fill := armourBits(bits)
	parts := (len(payload) + maxPayload - 1) / maxPayload
	sequence := ""
	if parts > 1 {
		sequence = string('0' + e.sequence)
		e.sequence = (e.sequence + 1) % 10
	}
	for i := range parts {
		chunk := payload[i*maxPayload : min(len(payload), (i+1)*maxPayload)]
		f := 0
		if i == parts-1 {
			f = fill
		}
		body := fmt.Sprintf("%sVDM,%d,%d,%s,%c,%s,%d", e.talker, parts, i+1, sequence, e.channel, chunk, f)
		dst = fmt.Appendf(dst, "!%s*%02X\r\n", body, checksum([]byte(body)))
	}
	return dst
}

func armourBits(bits []byte) (payload []byte, fill int) {
	for i := 0; i < len(bits); i += 6 {
		var v byte
		for k := i; k < i+6; k++ {
			v <<= 1
			if k < len(bits) {
				v |= bits[k]
			}
		}
		if v += '0'; v > 'W' {
			v += 8
		}
		payload = append(payload, v)
	}
	return payload, (6 - len(bits)%6) % 6
}

func toPacket(m Message) (ais.Packet, error) {
	mmsi, kind := m.From()
	if mmsi == 0 || mmsi > 999_999_999 {
		return nil, fmt.Errorf("aivdm: %d is no MMSI", mmsi)
	}
	h := ais.Header{MessageID: kind, UserID: mmsi}
	switch m := m.(type) {
	case *Position:
		switch kind {
		case 1, 2, 3:
			return fromClassA(h, m), nil
		case 18:
			return fromClassB(h, m), nil
		case 27:
			return fromLongRange(h, m), nil
		}
	case *Base:
		if kind == 4 {
			return fromBase(h, m), nil
		}
	case *Static:
		if kind == 5 {
			return fromStatic(h, m)
		}
	case *Aid:
		if kind == 21 {
			return fromAid(h, m)
		}
	case *NamePart:
		if kind == 24 {
			name, err := sixBit("name", m.Name, 20)
			return ais.StaticDataReport{Header: h, Valid: true, ReportA: ais.StaticDataReportA{Valid: true, Name: name}}, err
		}
	case *DetailPart:
		if kind == 24 {
			return fromDetail(h, m)
		}
	}
	return nil, fmt.Errorf("aivdm: %T of type %d cannot be encoded", m, kind)
}

func fromClassA(h ais.Header, m *Position) ais.Packet {
	lon, lat := toPlace(m.Lon, m.Lat, m.Placed, fine)
	return ais.PositionReport{
		Header: h, Valid: true, NavigationalStatus: m.Status, RateOfTurn: m.Turn, Sog: tenths(m.Speed, 1022, 1023), PositionAccuracy: m.Accurate,
		Longitude: ais.FieldLatLonFine(lon), Latitude: ais.FieldLatLonFine(lat), Cog: toCourse(m.Course), TrueHeading: toHeading(m.Heading),
		Timestamp: m.Second, SpecialManoeuvreIndicator: m.Maneuver, Raim: m.RAIM,
	}
}

func fromClassB(h ais.Header, m *Position) ais.Packet {
	lon, lat := toPlace(m.Lon, m.Lat, m.Placed, fine)
	return ais.StandardClassBPositionReport{
		Header: h, Valid: true, Sog: tenths(m.Speed, 1022, 1023), PositionAccuracy: m.Accurate,
		Longitude: ais.FieldLatLonFine(lon), Latitude: ais.FieldLatLonFine(lat), Cog: toCourse(m.Course), TrueHeading: toHeading(m.Heading),
		Timestamp: m.Second, ClassBUnit: true, ClassBBand: true, ClassBMsg22: true, Raim: m.RAIM,
		CommunicationStateItdma: ais.CommunicationStateItdma{CommunicationStateIsItdma: true, CommunicationState: 393222},
	}
}

func fromLongRange(h ais.Header, m *Position) ais.Packet {
	lon, lat := toPlace(m.Lon, m.Lat, m.Placed, coarse)
	speed, course := uint8(63), uint16(511)
	if m.Speed >= 0 {
		speed = uint8(min(math.Round(m.Speed), 62))
	}
	if m.Course >= 0 {
		course = uint16(math.Round(m.Course)) % 360
	}
	return ais.LongRangeAisBroadcastMessage{
		Header: h, Valid: true, PositionAccuracy: m.Accurate, Raim: m.RAIM, NavigationalStatus: m.Status,
		Longitude: ais.FieldLatLonCoarse(lon), Latitude: ais.FieldLatLonCoarse(lat), Sog: speed, Cog: course,
	}
}

func fromBase(h ais.Header, m *Base) ais.Packet {
	lon, lat := toPlace(m.Lon, m.Lat, m.Placed, fine)
	p := ais.BaseStationReport{
		Header: h, Valid: true, UtcHour: 24, UtcMinute: 60, UtcSecond: 60, PositionAccuracy: m.Accurate,
		Longitude: ais.FieldLatLonFine(lon), Latitude: ais.FieldLatLonFine(lat), FixType: m.Fix, Raim: m.RAIM,
	}
	if !m.Clock.IsZero() {
		at := m.Clock.UTC()
		p.UtcYear, p.UtcMonth, p.UtcDay = uint16(at.Year()), uint8(at.Month()), uint8(at.Day())
		p.UtcHour, p.UtcMinute, p.UtcSecond = uint8(at.Hour()), uint8(at.Minute()), uint8(at.Second())
	}
	return p
}

func fromStatic(h ais.Header, m *Static) (ais.Packet, error) {
	call, err1 := sixBit("call sign", m.CallSign, 7)
	name, err2 := sixBit("name", m.Name, 20)
	destination, err3 := sixBit("destination", m.Destination, 20)
	d, err4 := toDimension(m.Dimensions)
	return ais.ShipStaticData{
		Header: h, Valid: true, AisVersion: m.Version, ImoNumber: m.IMO, CallSign: call, Name: name, Type: m.ShipType,
		Dimension: d, FixType: m.Fix, Eta: ais.FieldETA{Month: m.Month, Day: m.Day, Hour: m.Hour, Minute: m.Minute},
		MaximumStaticDraught: tenths(m.Draught, 255, 0), Destination: destination, Dte: m.NoTerminal,
	}, errors.Join(err1, err2, err3, err4)
}

func fromAid(h ais.Header, m *Aid) (ais.Packet, error) {
	name, err1 := sixBit("name", m.Name, 34)
	d, err2 := toDimension(m.Dimensions)
	lon, lat := toPlace(m.Lon, m.Lat, m.Placed, fine)
	return ais.AidsToNavigationReport{
		Header: h, Valid: true, Type: m.Kind, Name: name[:min(len(name), 20)], NameExtension: name[min(len(name), 20):],
		PositionAccuracy: m.Accurate, Longitude: ais.FieldLatLonFine(lon), Latitude: ais.FieldLatLonFine(lat), Dimension: d,
		Fixtype: m.Fix, Timestamp: m.Second, OffPosition: m.OffPosition, Raim: m.RAIM, VirtualAtoN: m.Virtual,
	}, errors.Join(err1, err2)
}

func fromDetail(h ais.Header, m *DetailPart) (ais.Packet, error) {
	call, err1 := sixBit("call sign", m.CallSign, 7)
	vendor, err2 := sixBit("vendor", m.Vendor, 3)
	d, err3 := toDimension(m.Dimensions)
	if Auxiliary(h.UserID) {
		s := m.Mothership
		d = ais.FieldDimension{A: uint16(s >> 21 & 511), B: uint16(s >> 12 & 511), C: uint8(s >> 6 & 63), D: uint8(s & 63)}
	}
	return ais.StaticDataReport{
		Header: h, Valid: true, PartNumber: true,
		ReportB: ais.StaticDataReportB{
			Valid: true, ShipType: m.ShipType, VendorIDName: vendor, VenderIDModel: m.Model, VenderIDSerial: m.Serial, CallSign: call, Dimension: d,
		},
	}, errors.Join(err1, err2, err3)
}

func toPlace(lon, lat float64, placed bool, unit float64) (x, y float64) {
	if !placed {
		return 181 * unit, 91 * unit
	}
	return math.Round(lon * unit), math.Round(lat * unit)
}

// tenths returns v in tenths, at most most; none for a value below zero.
func tenths(v float64, most, none float64) ais.Field10 {
	if v < 0 {
		return ais.Field10(none)
	}
	return ais.Field10(min(math.Round(v*10), most))
}

func toCourse(v float64) ais.Field10 {
	if v < 0 {
		return 3600
	}
	return ais.Field10(math.Mod(math.Round(v*10), 3600))
}

func toHeading(v float64) uint16 {
	if v < 0 {
		return 511
	}
	return uint16(math.Mod(math.Round(v), 360))
}

func toDimension(d Dimensions) (ais.FieldDimension, error) {
	if max(d.Bow, d.Stern) > 511 || max(d.Port, d.Starboard) > 63 {
		return ais.FieldDimension{}, fmt.Errorf("aivdm: dimensions %v exceed 511 m lengthwise or 63 m across", d)
	}
	return ais.FieldDimension{A: d.Bow, B: d.Stern, C: uint8(d.Port), D: uint8(d.Starboard)}, nil
}

// sixBit returns s as the six-bit alphabet can say it.
func sixBit(field, s string, most int) (string, error) {
	s = strings.ToUpper(s)
	if len(s) > most {
		return "", fmt.Errorf("aivdm: the %s %q has more than %d characters", field, s, most)
	}
	for _, c := range s {
		if c < ' ' || c > '_' || c == '@' {
			return "", fmt.Errorf("aivdm: %q in the %s cannot be sent in six bits; leave out accents", c, field)
		}
	}
	return s, nil
}
