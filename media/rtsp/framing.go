package rtsp

// framing follows the frames of a connection that carries RTP inside of RTSP (RFC 2326 §10.12): a dollar sign, a channel,
// the length of a packet in two bytes, the packet. The zero value expects the beginning of a frame.
type framing struct {
	head    [6]byte // of the frame that has begun: its own four bytes and the packet's first two
	have    int     // bytes of head that are known
	left    int     // bytes of the frame that are still to come after head
	strange bool    // what came is no frame; it may be an answer, or encrypted
}

// whole takes what was read next and reports whether nothing more is to be waited for: it ends with the last packet of a
// picture, as its marker says (RFC 3550 §5.1), or what comes is not known to belong together at all.
func (f *framing) whole(data []byte) bool {
	if f.have == 0 && f.left == 0 && len(data) > 0 {
		f.strange = data[0] != '$'
	}
	marker := false
	for len(data) > 0 && !f.strange {
		if f.have < len(f.head) {
			n := copy(f.head[f.have:], data)
			if f.have == 0 && data[0] != '$' {
				f.strange = true
				break
			}
			f.have += n
			data = data[n:]
			if f.have == len(f.head) {
				f.left = int(f.head[2])<<8 | int(f.head[3]) - 2
			}
			if f.left < 0 {
				f.strange = true
			}
			continue
		}
		n := min(f.left, len(data))
		data, f.left = data[n:], f.left-n
		if f.left == 0 {
			// Video is on even channels, what is told of it on odd ones.
			marker = f.head[1]%2 == 0 && f.head[5]&0x80 != 0
			f.have = 0
		}
	}
	if f.strange {
		*f = framing{}
		return true
	}
	return marker && f.have == 0
}
