package crowd

import (
	"net"
	"net/http"
	"net/netip"
	"strings"
)

// Address returns where a request comes from, without the port. A proxy in front,
// which nobody gets around, says so in the last entry of X-Forwarded-For. Of
// computers on IPv6, which choose the lower half of their address themselves, it is
// their network.
func Address(r *http.Request, proxy bool) string {
	host, _, err := net.SplitHostPort(r.RemoteAddr)
	if err != nil {
		host = r.RemoteAddr
	}
	if proxy {
		all := strings.Split(strings.Join(r.Header.Values("X-Forwarded-For"), ","), ",")
		if last, err := netip.ParseAddr(strings.TrimSpace(all[len(all)-1])); err == nil {
			host = last.String()
		}
	}
	addr, err := netip.ParseAddr(host)
	if err != nil {
		return host
	}
	if addr = addr.Unmap().WithZone(""); addr.Is6() && !addr.IsLoopback() {
		p, _ := addr.Prefix(64) // 64 is a length there is
		return p.String()
	}
	return addr.String()
}
