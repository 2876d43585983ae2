// Package message holds the messages of the websocket between server and wall:
// their forms, their reading, and which items make others superfluous.
//
// # Protocol, version 1
//
// A websocket with permessage-deflate. The bearer token travels in the
// Authorization header of the upgrade, never in the URL. Every message is one
// text frame with one JSON object, whose member "m" names it. Numbers are
// decimal, instants are milliseconds since the Unix epoch (UTC), digests are 16
// hexadecimal digits. Unknown members are ignored; an unknown "m" from the
// server is ignored, one from the client ends the connection.
//
// Client to server, at most 64 KiB each, hello first and only once:
//
//	{"m":"hello","version":1,"name":"node-3","epoch":7,"seq":1250,"view":"9c1f5e0a77b3d210","want":{"kinds":["vessel","alert"],"rate":5}}
//	{"m":"ack","seq":1250,"got":1262,"sent":1763713800000}
//	{"m":"command","command":{"id":"node-3-17","act":"alert.acknowledge","args":{"alert":"a1"}}}
//
// hello says where the client is (epoch and seq of the last batch it received,
// and the fingerprint of the view that batch belonged to; all left out when it
// knows nothing) and, by "want", what it wants to see; the server gives at most
// what the token allows. ack is sent every second: seq is the last batch
// applied, got the last one received, sent the client's clock. "shape" is one
// fingerprint of what entities hold in the client's program.
//
// Server to client:
//
//	{"m":"welcome","version":1,"session":"c12","epoch":7,"now":1763713800123,"view":"9c1f5e0a77b3d210","resumed":true}
//	{"m":"batch","epoch":7,"from":1250,"to":1262,"seen":1763713800100,"items":[{"e":{"q":1260,"s":1763713800100,"o":"ais","t":1763713799000,"k":"vessel.position","b":{"mmsi":"574012345","pos":[108.3,15.9],"speed":7.5,"course":120,"heading":-1,"status":7}}},{"k":"station","in":{"id":"s1"}},{"out":"report/r9"}]}
//	{"m":"batch","epoch":7,"from":1262,"to":1262,"seen":1763713800100,"now":1763713805000,"check":{"vessel":"00c0ffee00c0ffee"}}
//	{"m":"batch","epoch":7,"from":0,"to":1262,"seen":1763713800100,"snapshot":true,"part":2,"of":3,"items":[{"k":"station","in":{"id":"s1"}}]}
//	{"m":"receipt","id":"node-3-17","ok":true,"seq":1263}
//	{"m":"relay","url":"rtsp://10.0.0.5:8554","token":"…","expires":1763714400000}
//	{"m":"clock","sent":1763713800000,"now":1763713800123}
//
// welcome has "shapes", the fingerprints of what entities of each kind hold at the
// server, when the client's "shape" says that its are others: a program of another
// version computes other digests of such a kind, and leaves it out of its checks.
//
// A batch brings the client from one sequence to another; the first one after
// welcome starts where the client is ("resumed") or is a snapshot. A batch cut
// into parts counts when its last part is there. "snapshot" says that the items,
// all of them entities, replace everything known; it may come at any time, with
// "view" in it when the client's rights, and so its view, changed. A batch with
// "check" is a heartbeat, sent every few seconds also when nothing happened:
// check is the digest of the view's entities per kind at "to", now is the
// server's clock. clock answers an ack.
//
// The server closes with a code of its own and a reason in words: 4001 slow,
// 4002 revoked, 4003 expired, 4004 shutdown, 4005 protocol, 4006 resync, 4007
// silent. See wire.Reason.
package message
