package onviftest

import (
	"encoding/xml"
	"fmt"
	"net"
	"net/url"
	"strings"

	"golang.org/x/net/ipv4"
)

// openDiscovery opens the socket of the listening port and, on an interface, that of the group.
func (d *Device) openDiscovery(address string) ([]*net.UDPConn, error) {
	at, err := net.ResolveUDPAddr("udp", address)
	if err != nil {
		return nil, fmt.Errorf("onviftest: %w", err)
	}
	direct, err := net.ListenUDP("udp", at)
	if err != nil {
		return nil, fmt.Errorf("onviftest: %w", err)
	}
	if d.opts.Interface == "" {
		return []*net.UDPConn{direct}, nil
	}
	link, err := net.InterfaceByName(d.opts.Interface)
	var many *net.UDPConn
	if err == nil {
		many, err = net.ListenMulticastUDP("udp4", link, &net.UDPAddr{IP: net.IPv4(239, 255, 255, 250), Port: 3702})
	}
	if err == nil {
		if err = ipv4.NewPacketConn(many).SetMulticastLoopback(true); err != nil {
			many.Close()
		}
	}
	if err != nil {
		direct.Close()
		return nil, fmt.Errorf("onviftest: answer multicast probes on %s: %w", d.opts.Interface, err)
	}
	return []*net.UDPConn{direct, many}, nil
}

// probe is what the camera reads of a probe.
type probe struct {
	MessageID string `xml:"Header>MessageID"`
	Types     string `xml:"Body>Probe>Types"`
}

// answerProbes answers until the socket is closed.
func (d *Device) answerProbes(c *net.UDPConn) {
	buffer := make([]byte, 64<<10)
	for {
		n, from, err := c.ReadFromUDP(buffer)
		if err != nil {
			return
		}
		var p probe
		if xml.Unmarshal(buffer[:n], &p) != nil || p.MessageID == "" {
			continue
		}
		if _, err := c.WriteToUDP([]byte(d.probeMatch(p.MessageID)), from); err != nil {
			return
		}
	}
}

// probeMatch is the answer to a probe.
func (d *Device) probeMatch(id string) string {
	o := d.opts
	endpoint := o.Endpoint
	if d.has(SameEndpoint) {
		endpoint = "urn:uuid:11111111-2222-3333-4444-555555555555"
	}
	scopes := []string{"onvif://www.onvif.org/Profile/Streaming", "onvif://www.onvif.org/type/video_encoder"}
	for name, value := range map[string]string{"name": o.Name, "hardware": o.Model, "location": o.Location} {
		if value != "" {
			scopes = append(scopes, "onvif://www.onvif.org/"+name+"/"+url.PathEscape(value))
		}
	}
	return `<?xml version="1.0" encoding="UTF-8"?><SOAP-ENV:Envelope xmlns:SOAP-ENV="http://www.w3.org/2003/05/soap-envelope"` +
		` xmlns:wsa="http://schemas.xmlsoap.org/ws/2004/08/addressing" xmlns:d="http://schemas.xmlsoap.org/ws/2005/04/discovery"` +
		` xmlns:dn="http://www.onvif.org/ver10/network/wsdl"><SOAP-ENV:Header><wsa:MessageID>urn:uuid:1</wsa:MessageID><wsa:RelatesTo>` + id +
		`</wsa:RelatesTo></SOAP-ENV:Header><SOAP-ENV:Body><d:ProbeMatches><d:ProbeMatch><wsa:EndpointReference><wsa:Address>` + endpoint +
		`</wsa:Address></wsa:EndpointReference><d:Types>dn:NetworkVideoTransmitter</d:Types><d:Scopes>` + strings.Join(scopes, " ") +
		`</d:Scopes><d:XAddrs>` + d.xaddr("/onvif/device_service") + ` http://[fe80::1]/onvif/device_service</d:XAddrs>` +
		`<d:MetadataVersion>1</d:MetadataVersion></d:ProbeMatch></d:ProbeMatches></SOAP-ENV:Body></SOAP-ENV:Envelope>`
}
