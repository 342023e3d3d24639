import ServiceLifecycle
import Site
import Web

/// Makes the pages stale once a minute that show what no change announces: how often a project was downloaded, and
/// what the people have who can change critical projects.
struct PageRefresh: Service {
    let site: SiteRoutes
    let pages: PageCache
    let follower: JournalFollower

    func run() async throws {
        await cancelWhenGracefulShutdown {
            while (try? await Task.sleep(for: .seconds(60))) != nil {
                for path in site.takeKeptPaths().union(SecurityRoutes.paths) {
                    pages.invalidate(path, serial: follower.toldSerial)
                }
            }
        }
    }
}
