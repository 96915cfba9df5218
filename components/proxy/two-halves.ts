import type { ComposeProjectArgs } from "../../provider/compose-project/resource.ts";

/** Where the front has its Caddyfile. */
export const FRONT_FILE = "/etc/front/Caddyfile";
/** What belongs to the front alone, by the folder that it is in the container. */
const OF_THE_FRONT = /:(\/data|\/config|\/etc\/front)(:ro)?$/;

type Service = Record<string, unknown> & { volumes?: string[] };

/**
 * Makes of the proxy's one container two: the front on the host's own network, where it sees who is connected, and the
 * router on the networks of the services, where it knows them by name. They share a socket.
 */
export function twoHalves(name: string) {
  return (project: ComposeProjectArgs): ComposeProjectArgs => {
    const compose = project.compose as { services: Record<string, Service>; networks: object };
    const { ports: _, env_file, ...router } = compose.services[name] ?? {};
    const { networks: __, ...shared } = router;
    const volumes = router.volumes ?? [];
    const socket = "socket:/run/front";
    const front = {
      ...shared,
      container_name: `${name}-front`,
      command: ["caddy", "run", "--config", FRONT_FILE, "--adapter", "caddyfile"],
      network_mode: "host",
      ...(env_file !== undefined && { env_file }),
      volumes: [...volumes.filter((volume) => OF_THE_FRONT.test(volume)), socket],
      tmpfs: ["/tmp", "/run/caddy"],
      healthcheck: { ...(router.healthcheck as object), test: health("http://localhost/") },
    };
    return {
      ...project,
      compose: {
        services: {
          [name]: {
            ...router,
            volumes: [...volumes.filter((volume) => !OF_THE_FRONT.test(volume)), socket],
            // Caddy writes there whatever it is told; the router has nothing to keep.
            tmpfs: ["/tmp", "/data", "/config"],
          },
          [`${name}-front`]: front,
        },
        networks: compose.networks,
        volumes: { socket: {} },
      },
      reload: {
        ...(project.reload as object),
        [`${name}-front`]: { command: ["caddy", "reload", "--config", FRONT_FILE, "--adapter", "caddyfile"] },
      },
    };
  };
}

function health(url: string): string[] {
  return ["CMD-SHELL", `wget -q -T 4 -O /dev/null ${url}`];
}
