package onvif

import "context"

// head finds out how the camera is turned.
func (d *Device) head(ctx context.Context) (*head, error) {
	service, err := d.service(ctx, "GetNode", nsPTZ)
	if err != nil {
		if ReasonOf(err) == ReasonUnsupported {
			return nil, d.fail(ReasonUnsupported, "PTZ", d.address, "the camera cannot be turned")
		}
		return nil, err
	}
	profiles, err := d.Profiles(ctx)
	if err != nil {
		return nil, err
	}
	profile, ok := turning(profiles)
	if !ok {
		return nil, d.fail(ReasonUnsupported, "PTZ", d.address, "the camera cannot be turned: none of its profiles is set up for it")
	}
	h := &head{service: service, profile: profile.Token}
	nodes, err := d.nodes(ctx, service, profile.node)
	if err != nil {
		return nil, err
	}
	for _, n := range nodes {
		if t := n.attr("token"); profile.node == "" || t == "" || t == profile.node {
			h.read(n)
			break
		}
	}
	if !h.limits.PanTilt && !h.limits.Zoom {
		return nil, d.fail(ReasonUnsupported, "PTZ", d.address, "the camera's head has no speeds, so it cannot be turned by hand")
	}
	return h, nil
}

// turning picks the profile to turn by: that of the main picture, else the first one.
func turning(profiles []Profile) (Profile, bool) {
	if main, ok := Main(profiles); ok && main.PTZ {
		return main, true
	}
	for _, p := range profiles {
		if p.PTZ {
			return p, true
		}
	}
	return Profile{}, false
}

// nodes asks for one node, or for all where the profile names none or the camera does not know its own name of it.
func (d *Device) nodes(ctx context.Context, service, token string) ([]*element, error) {
	if token != "" {
		reply, err := d.ask(ctx, service, nsPTZ, "GetNode", `<GetNode xmlns="`+nsPTZ+`">`+tag("NodeToken", token)+`</GetNode>`)
		if err == nil {
			return reply.all(nsPTZ, "PTZNode"), nil
		}
		if fatal(err) {
			return nil, err
		}
	}
	reply, err := d.ask(ctx, service, nsPTZ, "GetNodes", empty(nsPTZ, "GetNodes"))
	if err != nil {
		return nil, err
	}
	return reply.all(nsPTZ, "PTZNode"), nil
}

// read takes the limits from a node.
func (h *head) read(node *element) {
	spaces := node.child(nsSchema, "SupportedPTZSpaces")
	turn, zoom := spaces.child(nsSchema, "ContinuousPanTiltVelocitySpace"), spaces.child(nsSchema, "ContinuousZoomVelocitySpace")
	h.limits = Limits{
		PanTilt: turn != nil, Zoom: zoom != nil,
		Absolute: spaces.child(nsSchema, "AbsolutePanTiltPositionSpace") != nil || spaces.child(nsSchema, "AbsoluteZoomPositionSpace") != nil,
		Home:     node.string(nsSchema, "HomeSupported") == "true",
		Presets:  node.count(1<<16, nsSchema, "MaximumNumberOfPresets"),
	}
	low, high := span11(turn, "XRange")
	h.panTilt[0], h.panTilt[1] = low, high
	low, high = span11(turn, "YRange")
	h.panTilt[2], h.panTilt[3] = low, high
	low, high = span11(zoom, "XRange")
	h.zoom = [2]float64{low, high}
}

// span11 reads a range of speeds; −1 to 1 where it is missing or does not lie around zero.
func span11(space *element, name string) (low, high float64) {
	low, lowOK := space.number(nsSchema, name, "Min")
	high, highOK := space.number(nsSchema, name, "Max")
	if !lowOK || !highOK || low >= 0 || high <= 0 || low < -1e6 || high > 1e6 {
		return -1, 1
	}
	return low, high
}
