#!/usr/bin/env python3
"""A fleet file that changes while droverd runs: what is taken, what is refused, and what
stays in force."""
import os
import signal
import sys
import unittest

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "lib"))
from drover_test import Case, fast_config, fleet, phones, wait_until  # noqa: E402

CREATE = "CreateAndroidInstanceGroup"
OTHER_REGION = "cn-hangzhou"
EXIT_CONFIG = 78


class Reload(Case):
    def standing(self, *groups, **options):
        """A simulator, and a daemon whose groups stand."""
        sim = self.sim()
        daemon = self.daemon(sim, fleet(*groups), **options)
        daemon.wait_condition("Converged", timeout=60)
        return sim, daemon

    def refused(self, daemon, text, *words):
        """Writes the file; it is refused, in one error that holds the words."""
        before = len(self.errors(daemon))
        daemon.write_fleet(text)
        wait_until(lambda: len(self.errors(daemon)) > before, what="a refusal")
        self.assertEqual(daemon.cli("reload", "--wait").returncode, 1)
        told = [str(e) for e in daemon.events() if str(e.get("event")).startswith("config_")]
        for word in words:
            self.assertTrue(any(word in t for t in told), (word, told))

    @staticmethod
    def errors(daemon):
        return daemon.told("config_refused") + daemon.told("config_unreadable")

    def unchanged(self, sim, daemon, since, generation, instances):
        self.assertEqual(sim.changes(since), [])
        self.assertEqual(len(sim.instances()), instances)
        self.assertEqual(daemon.status()["generation"], generation)

    # --- edits that are noticed

    def test_a_renamed_file_is_noticed_by_itself(self):
        _, daemon = self.standing(phones(2))
        daemon.write_fleet(fleet(phones(3)))
        daemon.wait_condition("Converged", desired=3)

    def test_a_file_written_in_place_is_noticed_by_itself(self):
        _, daemon = self.standing(phones(2))
        text = fleet(phones(3))
        with open(daemon.fleet_path, "w", encoding="utf-8") as file:
            for at in range(0, len(text), 40):  # an editor that takes its time
                file.write(text[at:at + 40])
                file.flush()
        daemon.wait_condition("Converged", desired=3)
        self.assertEqual(self.errors(daemon), [], "half a file was read")

    def test_the_same_text_again_is_no_new_generation(self):
        _, daemon = self.standing(phones(2))
        generation = daemon.status()["generation"]
        daemon.write_fleet(fleet(phones(2)))
        self.assertEqual(daemon.cli("reload", "--wait").returncode, 0)
        self.assertEqual(daemon.status()["generation"], generation)
        self.assertEqual(len(daemon.told("config_accepted")), 1)

    # --- what cannot change in place

    def test_another_fleet_name_is_refused_with_the_name_that_must_stay(self):
        sim, daemon = self.standing(phones(2))
        before = sim.last_seq()
        self.refused(daemon, fleet(phones(5), name="other"), "must stay qa", "is other")
        self.unchanged(sim, daemon, before, 1, 2)

    def test_another_region_of_a_standing_group_is_refused(self):
        sim, daemon = self.standing(phones(2))
        before = sim.last_seq()
        self.refused(daemon, fleet(phones(2, region=OTHER_REGION)),
                     f"region cannot change from cn-shanghai to {OTHER_REGION}", "new name")
        self.unchanged(sim, daemon, before, 1, 2)

    def test_another_charge_of_a_standing_group_is_refused(self):
        sim, daemon = self.standing(phones(2))
        before = sim.last_seq()
        self.refused(daemon, fleet(phones(2, charge="PrePaid")),
                     "charge.type cannot change from PostPaid to PrePaid")
        self.unchanged(sim, daemon, before, 1, 2)

    def test_a_group_that_awaits_payment_cannot_change_its_charge(self):
        sim = self.sim()
        daemon = self.daemon(sim, fleet(phones(2, charge="PrePaid")))
        daemon.wait_condition("AwaitingPayment")
        before = sim.last_seq()
        self.refused(daemon, fleet(phones(2)), "from PrePaid to PostPaid")
        self.assertEqual(sim.changes(before), [])

    def test_a_group_whose_create_is_unclear_cannot_change_its_region(self):
        sim = self.sim()
        sim.faults({"action": CREATE, "fault": "cut_before", "times": 1000})
        daemon = self.daemon(sim, fleet(phones(2)))
        wait_until(lambda: daemon.told("call_unclear"), what="an unclear create")
        self.refused(daemon, fleet(phones(2, region=OTHER_REGION)), "region cannot change")

    def test_a_renamed_group_keeps_its_region_and_its_charge(self):
        sim, daemon = self.standing(phones(2))
        before = sim.last_seq()
        self.refused(daemon, fleet(phones(2, name="handsets", renamed_from="phones",
                                          region=OTHER_REGION)), "region cannot change")
        self.unchanged(sim, daemon, before, 1, 2)
        daemon.write_fleet(fleet(phones(2, name="handsets", renamed_from="phones")))
        daemon.wait_condition("Converged", name="handsets")
        self.assertEqual(len(sim.instances()), 2)

    def test_a_renamed_group_keeps_what_it_has_without_the_old_name(self):
        sim, daemon = self.standing(phones(2))
        before = sim.last_seq()
        daemon.write_fleet(fleet(phones(2, name="handsets", renamed_from="phones")))
        daemon.wait_condition("Converged", name="handsets")
        daemon.write_fleet(fleet(phones(3, name="handsets")))
        daemon.wait_condition("Converged", name="handsets", desired=3)
        self.assertIsNone(daemon.group("phones"))
        self.assertEqual(sim.changes(before, CREATE), [])

    def test_a_former_name_that_nobody_knows_is_held_until_it_is_corrected(self):
        sim, daemon = self.standing(phones(2))
        before = sim.last_seq()
        daemon.write_fleet(fleet(phones(2, name="handsets", renamed_from="phone")))
        held = daemon.wait_condition("Held", name="handsets")
        self.assertIn("renamed_from: phone names nothing", held["reason"])
        self.assertIn("still standing: phones;", held["reason"])
        self.assertIn("renamed_from: phone is a name", str(daemon.told("config_warning")))
        daemon.write_fleet(fleet(phones(2, name="handsets", renamed_from="phones")))
        daemon.wait_condition("Converged", name="handsets")
        self.assertIsNone(daemon.group("phones"))
        self.assertEqual(sim.changes(before, CREATE), [])

    def renamed_and_grown(self, sim, daemon, count, **keys):
        """phones becomes handsets, which then buys one more that comes to stand."""
        bought = sim.last_seq()
        daemon.write_fleet(fleet(phones(count, name="handsets", renamed_from="phones", **keys)))
        wait_until(lambda: sim.changes(bought, CREATE), what="growth under the new name")
        for order in sim.state()["orders"][1:]:
            sim.pay(order["id"])
        wait_until(lambda: (daemon.group("handsets") or {}).get("running") == 1, what="it stands")

    def buys_no_more(self, sim, daemon, since):
        """... though it has looked, and planned, several times."""
        def reads():
            return len(sim.calls(sim_seen, changing=False))
        sim_seen = sim.last_seq()
        wait_until(lambda: reads() > 12, what="some cycles")
        self.assertEqual(sim.changes(since, CREATE), [])
        self.assertIsNone(daemon.group("phones"))

    def test_what_is_unpaid_under_the_old_name_is_not_ordered_again_without_it(self):
        for crash in (False, True):
            with self.subTest(crash=crash):
                sim = self.sim()
                daemon = self.daemon(sim, fleet(phones(2, charge="PrePaid")))
                daemon.wait_condition("AwaitingPayment")
                self.renamed_and_grown(sim, daemon, 3, charge="PrePaid")
                before = sim.last_seq()
                if crash:
                    daemon.kill()
                daemon.write_fleet(fleet(phones(3, name="handsets", charge="PrePaid")))
                if crash:
                    daemon.start()
                daemon.wait_condition("AwaitingPayment", name="handsets", desired=3)
                wait_until(lambda: daemon.status()["generation"] == 3, what="the edit")
                self.buys_no_more(sim, daemon, before)
                unpaid = [o for o in daemon.status()["orders"] if o["status"] == "unpaid"]
                self.assertEqual([(o["group"], o["count"]) for o in unpaid], [("handsets", 2)])
                sim.pay(unpaid[0]["id"])
                daemon.wait_condition("Converged", name="handsets")
                self.assertEqual(len(sim.instances()), 3)

    def test_a_held_call_under_the_old_name_still_holds_without_it(self):
        sim = self.sim()
        poll = {"replay_window": "500ms", "absent_after": "500ms"}
        config = fast_config(sim, poll=poll)
        sim.faults({"action": CREATE, "fault": "cut_before", "times": 1000})
        daemon = self.daemon(sim, fleet(phones(2, charge="PrePaid")), config=config)
        wait_until(lambda: daemon.told("unclear_ambiguous"), what="a held call")
        sim.faults()
        daemon.write_fleet(fleet(phones(3, name="handsets", renamed_from="phones",
                                        charge="PrePaid")))
        action = wait_until(lambda: (daemon.ask("plan") or {"actions": []})["actions"],
                            what="growth that waits for the call")[0]
        self.assertEqual(daemon.cli("approve", action["hash"]).returncode, 0)
        order = wait_until(lambda: sim.state()["orders"], what="the growth")[0]
        sim.pay(order["id"])
        wait_until(lambda: daemon.group("handsets")["running"] == 1, what="it stands")
        before = sim.last_seq()
        daemon.write_fleet(fleet(phones(3, name="handsets", charge="PrePaid")))
        daemon.wait_condition("Held", "Stuck", name="handsets", desired=3)
        self.buys_no_more(sim, daemon, before)
        held = [i for i in daemon.ask("intents")["intents"] if i["state"] == "held"]
        self.assertEqual([i["group"] for i in held], ["handsets"])
        self.assertEqual(daemon.cli("intents", "abandon", str(held[0]["id"])).returncode, 0)
        wait_until(lambda: len(sim.changes(before, CREATE)) == 1, what="what the file wants")

    def test_a_pause_and_protection_go_with_the_name(self):
        sim, daemon = self.standing(phones(4, protect="true"))
        self.assertEqual(daemon.cli("pause", "phones").returncode, 0)
        daemon.write_fleet(fleet(phones(3, name="handsets", renamed_from="phones")))
        daemon.wait_condition("Paused", name="handsets")
        self.assertEqual(daemon.cli("resume", "handsets").returncode, 0)

        def held():
            plan = daemon.ask("plan") or {"actions": []}
            return [a for a in plan["actions"] if a["hold"] == "protected"]
        wait_until(held, what="a shrink held by protect")
        self.assertEqual(len(sim.instances()), 4)

    def test_a_group_without_resources_may_change_everything(self):
        sim, daemon = self.standing(phones(2), phones(0, name="spare"))
        daemon.write_fleet(fleet(phones(2), phones(1, name="spare", region=OTHER_REGION)))
        daemon.wait_condition("Converged", name="spare", desired=1)
        self.assertEqual({g["region"] for g in sim.state()["groups"]},
                         {"cn-shanghai", OTHER_REGION})

    # --- removed groups

    def test_a_removed_group_is_unmanaged_not_deleted_and_taken_back(self):
        both = (phones(2), phones(1, name="others"))
        sim, daemon = self.standing(*both)
        daemon.wait_condition("Converged", name="others")
        before = sim.last_seq()
        daemon.write_fleet(fleet(phones(2)))
        daemon.wait_condition("Unmanaged", name="others")
        self.refused(daemon, fleet(phones(2), phones(1, name="others", region=OTHER_REGION)),
                     "region cannot change")
        daemon.write_fleet(fleet(*both))
        daemon.wait_condition("Converged", name="others", desired=1)
        self.unchanged(sim, daemon, before, 3, 3)

    def test_protection_stays_when_its_line_goes_and_across_a_restart(self):
        sim, daemon = self.standing(phones(4, protect="true"))
        daemon.write_fleet(fleet(phones(4)))
        wait_until(lambda: daemon.status()["generation"] == 2, what="the edit")
        daemon.kill()
        daemon.write_fleet(fleet(phones(3)))
        daemon.start()

        def held():
            plan = daemon.ask("plan") or {"actions": []}
            return [a for a in plan["actions"] if a["hold"] == "protected"]
        wait_until(held, what="a shrink held by protect")
        self.assertEqual(len(sim.instances()), 4)

    def test_a_renamed_group_stays_protected(self):
        sim, daemon = self.standing(phones(4, protect="true"))
        daemon.write_fleet(fleet(phones(4, name="handsets", renamed_from="phones")))
        daemon.wait_condition("Converged", name="handsets")
        daemon.write_fleet(fleet(phones(3, name="handsets")))

        def held():
            plan = daemon.ask("plan") or {"actions": []}
            return [a for a in plan["actions"] if a["verb"] == "shrink"]
        (action,) = wait_until(held, what="the shrink")
        self.assertEqual(action["hold"], "protected")
        self.assertEqual(len(sim.instances()), 4)

    # --- files that are not whole

    def test_a_lost_end_marker_is_refused_with_one_error(self):
        sim, daemon = self.standing(phones(2))
        before = sim.last_seq()
        errors = len(self.errors(daemon))
        daemon.write_fleet(fleet(phones(5), end=""))
        wait_until(lambda: len(self.errors(daemon)) > errors, what="a refusal")
        self.assertIn("end marker", str(self.errors(daemon)))
        self.assertEqual(len(self.errors(daemon)), errors + 1)
        self.unchanged(sim, daemon, before, 1, 2)

    def test_the_end_marker_is_remembered_across_a_restart(self):
        sim, daemon = self.standing(phones(2))
        daemon.stop()
        daemon.write_fleet(fleet(phones(5), end=""))
        daemon.start()
        wait_until(lambda: daemon.told("config_last_good"), what="the last good file")
        daemon.wait_condition("Converged", desired=2)
        self.assertEqual(len(sim.instances()), 2)

    def test_a_file_cut_anywhere_changes_nothing(self):
        sim, daemon = self.standing(phones(4), phones(1, name="others"))
        daemon.wait_condition("Converged", name="others")
        whole = fleet(phones(4), phones(1, name="others"))
        before = sim.last_seq()
        cuts = sorted(set(range(0, len(whole) - 1, 50)) | {len(whole) - 2, len(whole) - 4})
        for at in cuts:
            with self.subTest(bytes=at):
                daemon.write_fleet(whole[:at])
                self.assertEqual(daemon.cli("reload", "--wait").returncode, 1)
        self.unchanged(sim, daemon, before, 1, 5)
        daemon.write_fleet(whole)
        self.assertEqual(daemon.cli("reload", "--wait").returncode, 0)
        self.unchanged(sim, daemon, before, 1, 5)

    def test_a_file_that_cannot_be_read_changes_nothing(self):
        sim, daemon = self.standing(phones(2))
        before = sim.last_seq()
        os.unlink(daemon.fleet_path)
        self.assertEqual(daemon.cli("reload", "--wait").returncode, 1)
        os.mkdir(daemon.fleet_path)
        self.assertEqual(daemon.cli("reload", "--wait").returncode, 1)
        os.rmdir(daemon.fleet_path)
        self.assertTrue(daemon.told("config_unreadable"))
        self.unchanged(sim, daemon, before, 1, 2)
        daemon.write_fleet(fleet(phones(3)))
        daemon.wait_condition("Converged", desired=3)

    # --- the last good copy

    def test_a_start_with_a_broken_file_goes_on_with_the_last_good_one_and_says_so(self):
        sim, daemon = self.standing(phones(2))
        daemon.write_fleet(fleet(phones(3)))
        daemon.wait_condition("Converged", desired=3)
        daemon.stop()
        for text in ("", "groups: [", fleet(phones(9), name="other")):
            with self.subTest(text=text):
                daemon.write_fleet(text)
                told = len(daemon.told("config_last_good"))
                daemon.start()
                wait_until(lambda: daemon.group(), what="an answer")
                daemon.wait_condition("Converged", desired=3)
                self.assertEqual(len(daemon.told("config_last_good")), told + 1)
                self.assertEqual(daemon.status()["generation"], 2)
                self.assertEqual(daemon.stop(), 0)
        self.assertEqual(len(sim.instances()), 3)

    def test_without_an_earlier_good_file_a_broken_one_is_78(self):
        sim = self.sim()
        daemon = self.daemon(sim, "groups: [")
        self.assertEqual(daemon.wait(), EXIT_CONFIG)
        self.assertTrue(daemon.told("config_refused"))
        os.unlink(daemon.fleet_path)
        daemon.start()
        self.assertEqual(daemon.wait(), EXIT_CONFIG)
        self.assertTrue(daemon.told("config_unreadable"))
        self.assertEqual(sim.calls(), [])

    # --- reloading while other things happen

    def test_many_hangups_are_few_reloads(self):
        _, daemon = self.standing(phones(2))
        before = len(daemon.told("daemon_reload"))
        for _ in range(50):
            daemon.reload()
        daemon.write_fleet(fleet(phones(3)))
        daemon.wait_condition("Converged", desired=3)
        self.assertLess(len(daemon.told("daemon_reload")) - before, 8)

    def test_an_edit_during_the_end_is_left_for_the_next_start(self):
        sim = self.sim()
        daemon = self.daemon(sim, fleet(phones(2)), config=fast_config(sim))
        daemon.wait_condition("Converged")
        sim.faults({"action": "UpgradeAndroidInstanceGroup", "fault": "delay", "times": 1,
                    "ms": 2000000})
        daemon.write_fleet(fleet(phones(3)))
        wait_until(lambda: daemon.told("group_grow_started"), what="the growth")
        daemon.process.send_signal(signal.SIGTERM)
        wait_until(lambda: daemon.told("daemon_stopping"), what="the end")
        reloads = len(daemon.told("daemon_reload"))
        daemon.write_fleet(fleet(phones(4)))
        daemon.reload()
        self.assertEqual(daemon.wait(), 0)
        self.assertEqual(len(daemon.told("daemon_reload")), reloads)


if __name__ == "__main__":
    unittest.main(verbosity=2)
