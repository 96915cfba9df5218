/**
 * A Worker that tells whoever asks where their address is, as far as Cloudflare knows: what GeoClue's `[wifi]` source of
 * a workstation asks for (`url=https://location.example.org/`), and timezone and country for the rest of it. It keeps
 * nothing, and answers nobody about other addresses.
 */
export const ipLocation = `export default {
  async fetch(request) {
    if (request.method !== "GET" && request.method !== "POST") {
      return new Response(null, { status: 405, headers: { Allow: "GET, POST" } });
    }
    const { latitude, longitude, country, city, timezone } = request.cf ?? {};
    const headers = { "Cache-Control": "no-store" };
    if (latitude === undefined || longitude === undefined) {
      const error = { code: 404, message: "Not found", errors: [{ reason: "notFound", message: "No location found" }] };
      return Response.json({ error }, { status: 404, headers });
    }
    // Accuracy in metres: that of a town.
    const found = { location: { lat: Number(latitude), lng: Number(longitude) }, accuracy: 25000 };
    return Response.json({ ...found, country, city, timezone }, { headers });
  },
};
`;
