#!/usr/bin/python3
"""An RTSP camera made of Debian's GStreamer, for tests: prints "PORT n" and serves rtsp://127.0.0.1:n/cam until it is
stopped or its standard input is closed. Arguments: codec (h264, h265, mjpeg), then any of udp, sound, basic, digest and
tls=CERTIFICATE (a PEM file with key and certificate). With basic or digest, user and password are two lines on standard input.
"""
import sys
import threading

import gi

gi.require_version("Gst", "1.0")
gi.require_version("GstRtspServer", "1.0")
gi.require_version("GstRtsp", "1.0")
from gi.repository import Gio, GLib, Gst, GstRtsp, GstRtspServer  # noqa: E402

SOURCE = "videotestsrc is-live=true pattern=ball ! video/x-raw,format=I420,width=320,height=184,framerate=25/1"
CODERS = {
    "h264": "x264enc tune=zerolatency speed-preset=ultrafast key-int-max=25 ! rtph264pay name=pay0 pt=96",
    "h265": "x265enc tune=zerolatency speed-preset=ultrafast key-int-max=25 ! rtph265pay name=pay0 pt=96",
    "mjpeg": "jpegenc ! rtpjpegpay name=pay0 pt=26",
}
SOUND = "audiotestsrc is-live=true ! audio/x-raw,rate=8000,channels=1 ! mulawenc ! rtppcmupay name=pay1 pt=0"


def main():
    codec, options = sys.argv[1], sys.argv[2:]
    Gst.init(None)
    server = GstRtspServer.RTSPServer()
    server.set_address("127.0.0.1")
    server.set_service("0")
    factory = GstRtspServer.RTSPMediaFactory()
    sound = SOUND if "sound" in options else ""
    factory.set_launch(f"( {SOURCE} ! {CODERS[codec]} {sound} )")
    factory.set_shared(True)
    factory.set_protocols(GstRtsp.RTSPLowerTrans.UDP if "udp" in options else GstRtsp.RTSPLowerTrans.TCP)
    auth = GstRtspServer.RTSPAuth()
    if "basic" in options or "digest" in options:
        user, password = sys.stdin.readline().strip(), sys.stdin.readline().strip()
        token = GstRtspServer.RTSPToken()
        token.set_string("media.factory.role", "viewer")
        if "digest" in options:
            auth.set_supported_methods(GstRtsp.RTSPAuthMethod.DIGEST)
            auth.add_digest(user, password, token)
        else:
            auth.add_basic(GstRtspServer.RTSPAuth.make_basic(user, password), token)
        rights = GstRtspServer.RTSPPermissions()
        for right in ("media.factory.access", "media.factory.construct"):
            rights.add_permission_for_role("viewer", right, True)
        factory.set_permissions(rights)
        server.set_auth(auth)
    for o in options:
        if o.startswith("tls="):
            auth.set_tls_certificate(Gio.TlsCertificate.new_from_file(o[4:]))
            server.set_auth(auth)
    server.get_mount_points().add_factory("/cam", factory)
    if not server.attach(None):
        sys.exit("the server cannot listen")
    print("PORT", server.get_bound_port(), flush=True)
    loop = GLib.MainLoop()

    def watch():
        sys.stdin.read()
        loop.quit()

    threading.Thread(target=watch, daemon=True).start()
    loop.run()


main()
