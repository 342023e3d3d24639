import ServiceLifecycle
import Site
import Web

/// Makes the pages stale once a minute that show what no change announces: how often a project was downloaded.
struct PageRefresh: Service {
    let site: SiteRoutes
    let pages: PageCache
    let follower: JournalFollower

    func run() async throws {
        await cancelWhenGracefulShutdown {
            while (try? await Task.sleep(for: .seconds(60))) != nil {
                for path in site.takeKeptPaths() { pages.invalidate(path, serial: follower.toldSerial) }
            }
        }
    }
}
