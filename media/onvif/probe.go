package onvif

import (
	"crypto/rand"
	"encoding/hex"
	"fmt"
	"net/netip"
	"net/url"
	"slices"
	"strings"
)

// discoveryPort is the port of WS-Discovery, section 2.4.
const discoveryPort = 3702

// Limits of what strangers may answer.
const (
	maxFound     = 4096
	maxAddresses = 8
	maxScopes    = 64
)

// Found is a device that answered a probe. Nothing in it has been proved.
type Found struct {
	// Endpoint names the device for ever, mostly a UUID.
	Endpoint string
	// Address is the device service as it can be reached from here.
	Address string
	// From is where the answer came from.
	From netip.Addr
	// Interface is the network interface that heard it, empty for a probe of one address.
	Interface string
	// Name, Hardware and Location are what its scopes say, possibly empty.
	Name, Hardware, Location string
	// Scopes are all of them.
	Scopes []string
}

// uuid makes a random one, RFC 9562 version 4.
func uuid() string {
	var b [16]byte
	rand.Read(b[:]) //nolint:errcheck // never fails
	b[6], b[8] = b[6]&0x0f|0x40, b[8]&0x3f|0x80
	h := hex.EncodeToString(b[:])
	return h[:8] + "-" + h[8:12] + "-" + h[12:16] + "-" + h[16:20] + "-" + h[20:]
}

// probeMessage is a WS-Discovery probe, section 5.2. types is "NetworkVideoTransmitter", "Device" or empty for anything.
func probeMessage(id, types string) []byte {
	wanted := ""
	switch types {
	case "NetworkVideoTransmitter":
		wanted = `<d:Types xmlns:dn="` + nsNet + `">dn:NetworkVideoTransmitter</d:Types>`
	case "Device":
		wanted = `<d:Types xmlns:tds="` + nsDevice + `">tds:Device</d:Types>`
	}
	return fmt.Appendf(nil, `<?xml version="1.0" encoding="UTF-8"?><s:Envelope xmlns:s="%s" xmlns:a="%s" xmlns:d="%s"><s:Header>`+
		`<a:Action s:mustUnderstand="1">%s/Probe</a:Action><a:MessageID>urn:uuid:%s</a:MessageID>`+
		`<a:ReplyTo><a:Address>%s/role/anonymous</a:Address></a:ReplyTo>`+
		`<a:To s:mustUnderstand="1">urn:schemas-xmlsoap-org:ws:2005:04:discovery</a:To></s:Header>`+
		`<s:Body><d:Probe>%s</d:Probe></s:Body></s:Envelope>`, nsSOAP, nsWSA, nsWSD, nsWSD, id, nsWSA, wanted)
}

// parseMatches reads an answer to one of the probes with the given ids. Answers to somebody else's probe are nothing.
func parseMatches(packet []byte, from netip.Addr, ids []string) ([]Found, error) {
	envelope, err := parse(packet)
	if err != nil {
		return nil, err
	}
	if envelope.name != "Envelope" || envelope.space != nsSOAP && envelope.space != nsSOAP11 {
		return nil, fmt.Errorf("no SOAP envelope")
	}
	relates := strings.ToLower(envelope.child(envelope.space, "Header").string(nsWSA, "RelatesTo"))
	// Some leave out what they answer to; the socket is ours alone, so it can be nothing else.
	if relates != "" && !slices.ContainsFunc(ids, func(id string) bool { return strings.HasSuffix(relates, id) }) {
		return nil, fmt.Errorf("an answer to another's question")
	}
	matches := envelope.child(envelope.space, "Body").child(nsWSD, "ProbeMatches")
	if matches == nil {
		return nil, fmt.Errorf("no probe matches")
	}
	var out []Found
	for _, m := range matches.all(nsWSD, "ProbeMatch") {
		if f, ok := readMatch(m, from); ok && len(out) < 64 {
			out = append(out, f)
		}
	}
	return out, nil
}

// readMatch reads one match; ok is false for what cannot be asked anything.
func readMatch(m *element, from netip.Addr) (Found, bool) {
	f := Found{From: from, Endpoint: strings.ToLower(m.child(nsWSA, "EndpointReference").string(nsWSA, "Address"))}
	addresses := strings.Fields(m.at(nsWSD, "XAddrs").value())
	f.Address = chooseAddress(addresses[:min(len(addresses), maxAddresses)], from)
	if f.Address == "" {
		return f, false
	}
	if f.Endpoint == "" {
		f.Endpoint = f.Address
	}
	for _, scope := range strings.Fields(m.at(nsWSD, "Scopes").value()) {
		if len(f.Scopes) >= maxScopes || len(scope) > 512 {
			break
		}
		scope = clean(scope, 256)
		f.Scopes = append(f.Scopes, scope)
		for prefix, into := range map[string]*string{"name": &f.Name, "hardware": &f.Hardware, "location": &f.Location} {
			rest, ok := strings.CutPrefix(strings.ToLower(scope), "onvif://www.onvif.org/"+prefix+"/")
			if !ok || rest == "" || *into != "" {
				continue
			}
			value := scope[len(scope)-len(rest):]
			if plain, err := url.PathUnescape(value); err == nil {
				value = plain
			}
			*into = clean(value, 64)
		}
	}
	return f, true
}

// chooseAddress picks the service address with the host that answered; where none has it, the path and port of the
// first one with the host that answered: nobody sends us to a third party.
func chooseAddress(addresses []string, from netip.Addr) string {
	first := ""
	for _, a := range addresses {
		u, err := url.Parse(a)
		if err != nil || len(a) > 512 || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" {
			continue
		}
		u.User, u.Fragment, u.RawQuery = nil, "", ""
		if ip, err := netip.ParseAddr(u.Hostname()); err == nil && ip.Unmap() == from.Unmap() {
			return u.String()
		}
		if first == "" {
			host := from.Unmap().String()
			if from.Unmap().Is6() {
				host = "[" + host + "]"
			}
			if p := u.Port(); p != "" {
				host += ":" + p
			}
			u.Host = host
			first = u.String()
		}
	}
	return first
}
